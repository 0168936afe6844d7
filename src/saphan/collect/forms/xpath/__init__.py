"""The expressions of a form (relevance, constraints): ODK XPath, read once and evaluated over what was sent.

`syntax` reads an expression into a tree; `scope` binds its paths to the form's columns; `closures` compiles the bound
tree to Python functions over raw rows, and `document` to lxml XPath over a canonical tree. `closures` declines what it
does not cover (predicates, other rows' nodes, secondary instances); `document` covers the rest. Both call the same ODK
functions, in `functions`.
"""
