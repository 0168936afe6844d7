# Computes every figure of this folder again with R and its package survey, and compares it with figures.csv.
#
#   Rscript reproduce.R
#
# The script is the same for every survey. What was asked stands in plan.csv: names and answers are read as data and
# compared as text; none becomes R code. It writes nothing. Exit status 1: a number differs by more than TOLERANCE.

suppressPackageStartupMessages(library(survey))
TOLERANCE <- 1e-9

here <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
if (length(here)) setwd(dirname(gsub("~+~", " ", here[1], fixed = TRUE)))

read <- function(name) {
  found <- read.csv(name, colClasses = "character", check.names = FALSE, na.strings = "", encoding = "UTF-8")
  Encoding(names(found)) <- "UTF-8"
  found
}
data <- read("data.csv")
plan <- read("plan.csv")
figures <- read("figures.csv")
n <- nrow(data)

column <- function(name) {
  place <- match(name, names(data))
  if (is.na(place)) stop("data.csv lacks a column that plan.csv names")
  data[[place]]
}
numbers <- function(name) as.numeric(column(name))
of <- function(part, number = NULL) {
  plan[plan$part == part & (is.null(number) | plan$number %in% number), ]
}
by_chance <- of("basis")$value == "1"
census <- of("basis")$text == "census"
level <- as.numeric(of("level")$value)

# The design: units nest, so every stage is numbered within the one before.

code <- function(...) {
  key <- paste(...)
  match(key, unique(key))
}
labels <- function(name) match(column(name), unique(column(name)))

population_of <- function(stage, stratum, unit) {
  name <- of("population", stage)$column
  if (!length(name)) return(rep(Inf, n))
  stated <- numbers(name)
  size <- ave(unit, stratum, FUN = function(one) length(unique(one)))
  # Numbers that are all at most 1 are the share of each stratum that was drawn.
  if (all(stated <= 1) && !all(stated == size)) size / stated else stated
}

stages <- function() {
  found <- list(unit = list(), stratum = list(), population = list())
  above <- rep(1, n)
  for (stage in seq_len(max(1, nrow(of("clusters"))))) {
    strata <- of("strata", stage)$column
    clusters <- of("clusters", stage)$column
    stratum <- if (length(strata)) code(above, labels(strata)) else above
    unit <- code(stratum, if (length(clusters)) labels(clusters) else seq_len(n))
    population <- population_of(stage, stratum, unit)
    found$unit[[stage]] <- unit
    found$stratum[[stage]] <- stratum
    found$population[[stage]] <- population
    above <- unit
    if (all(is.infinite(population))) break # drawn with replacement: what lies below has no variance of its own
  }
  lapply(found, function(one) setNames(as.data.frame(one), paste0("stage", seq_along(one))))
}

margins <- split(of("margin"), as.integer(of("margin")$number))
margins <- lapply(margins, function(one) one[one$text %in% column(one$column[1]), ]) # those that somebody has
weight_final <- numbers(of("weight_final")$column)
variables <- data.frame(row = seq_len(n), weight = numbers(of("weight")$column))
for (place in seq_along(margins)) {
  answers <- margins[[place]]$text
  variables[[paste0("m", place)]] <- factor(match(column(margins[[place]]$column[1]), answers), seq_along(answers))
}

drawn <- stages()
design <- if (by_chance) {
  options(survey.lonely.psu = of("lonely")$text)
  svydesign(ids = drawn$unit, strata = drawn$stratum, fpc = drawn$population, weights = ~weight, data = variables,
            check.strata = FALSE)
} else {
  svydesign(ids = ~1, weights = ~weight, data = variables)
}

if (length(margins)) {
  name <- paste0("m", seq_along(margins))
  total <- lapply(margins, function(one) as.numeric(one$value))
  design <- if (of("residual")$text == "sweep") {
    known <- Map(function(one, known) setNames(data.frame(factor(seq_along(known)), known), c(one, "Freq")), name, total)
    rake(design, lapply(name, reformulate), unname(known), control = list(maxit = 1000, epsilon = 1e-12))
  } else {
    formula <- reformulate(name)
    known <- c(sum(total[[1]]), unlist(lapply(total, function(one) one[-1])))
    names(known) <- colnames(model.matrix(formula, variables))
    calibrate(design, formula, known, calfun = "raking", maxit = 1000, epsilon = 1e-11)
  }
}

scales <- of("rscale")
replicated <- NULL
if (nrow(scales)) {
  weights_of <- vapply(scales$column, numbers, numeric(n), USE.NAMES = FALSE)
  replicated <- svrepdesign(
    variables = variables, repweights = weights_of, weights = weight_final, type = "other",
    scale = as.numeric(of("replicates")$value), rscales = as.numeric(scales$value), combined.weights = TRUE,
    mse = of("mse")$value == "1"
  )
}

# What an estimate adds up and what that is divided by; missing in rows that leave both.

terms_of <- function(quantity, answer) {
  kind <- of("quantity", quantity)$text
  name <- of("quantity", quantity)$column
  x <- switch(kind,
    count = rep(1, n),
    share = {
      given <- column(name)
      given[given %in% of("aside", quantity)$text] <- NA
      as.numeric(given == answer)
    },
    numbers(name)
  )
  among <- of("among", quantity)
  for (one in unique(among$column)) x[!(column(one) %in% among$text[among$column == one])] <- NA
  list(kind = kind, x = x, y = if (kind == "ratio") numbers(of("over", quantity)$column) else rep(1, n))
}

inside_of <- function(domain) {
  found <- rep(TRUE, n)
  one <- of("domain", domain)
  for (place in seq_len(nrow(one))) {
    label <- one$text[place]
    value <- column(one$column[place])
    found <- found & if (is.na(label)) is.na(value) else value %in% label
  }
  found
}

estimate <- function(part, term) {
  rows <- part$variables$row
  part <- update(part, x = term$x[rows], y = term$y[rows])
  switch(term$kind,
    count = ,
    total = svytotal(~x, part, na.rm = TRUE, return.replicates = TRUE),
    ratio = svyratio(~x, ~y, part, na.rm = TRUE, return.replicates = TRUE),
    svymean(~x, part, na.rm = TRUE, return.replicates = TRUE)
  )
}

error_by_replicates <- function(part, term) {
  found <- suppressWarnings(estimate(part, term))
  # A replicate that has nobody leaves no standard error, rather than one of the replicates that have.
  if (all(is.finite(found$replicates))) as.numeric(SE(found)) else NA
}

errors <- if (by_chance) c("standard_error", "low", "high", if (!is.null(replicated)) "standard_error_replicates")
computed <- data.frame(
  value = rep(NA_real_, nrow(figures)), standard_error = NA_real_, low = NA_real_, high = NA_real_, degrees = NA_real_,
  n = NA_real_, standard_error_replicates = NA_real_
)
for (domain in unique(figures$domain)) {
  inside <- inside_of(domain)
  update_inside <- function(one) subset(update(one, inside = inside), inside)
  part <- update_inside(design)
  part_replicated <- if (!is.null(replicated)) update_inside(replicated)
  for (place in which(figures$domain == domain)) {
    term <- terms_of(figures$item[place], figures$answer[place])
    there <- inside & !is.na(term$x) & !is.na(term$y) & weight_final != 0
    computed$n[place] <- sum(there)
    computed$degrees[place] <- length(unique(drawn$unit[there, 1])) - length(unique(drawn$stratum[there, 1]))
    if (!any(there)) { # of nobody a total is 0, and a ratio is not known
      if (term$kind == "total") computed[place, errors] <- 0
      if (term$kind == "total") computed$value[place] <- 0
      next
    }
    found <- estimate(part, term)
    if (!is.finite(coef(found))) next # divided by 0
    computed$value[place] <- as.numeric(coef(found))
    if (!by_chance) next
    computed$standard_error[place] <- as.numeric(SE(found))
    if (term$kind != "share") {
      # Without a degree of freedom there is no interval, but a census is exact.
      free <- computed$degrees[place]
      reach <- if (free >= 1) qt(0.5 + level / 2, free) * computed$standard_error[place] else if (census) 0 else NA
      computed$low[place] <- computed$value[place] - reach
      computed$high[place] <- computed$value[place] + reach
    }
    if (!is.null(replicated)) {
      computed$standard_error_replicates[place] <- error_by_replicates(part_replicated, term)
    }
  }
}

# Differences are relative to the figure; of a standard error below a thousandth of its value, to that thousandth,
# since both then consist of rounding.

away <- function(found, given, size) {
  given <- as.numeric(given)
  gap <- abs(found - given) / size
  gap[found == given] <- 0
  gap[is.na(found) & is.na(given)] <- 0
  gap[is.na(gap)] <- Inf # a figure on one side only
  gap
}
value <- abs(as.numeric(figures$value))
error <- as.numeric(figures$standard_error)
error[is.na(error)] <- 0
size <- pmax(value, error)
small <- pmax(error, value / 1000)
shares <- of("quantity", figures$item)$number[of("quantity", figures$item)$text == "share"]
limited <- by_chance & !(figures$item %in% shares) # limits of shares are of a method that R lacks
differences <- list(
  "weights" = away(weights(design), weight_final, abs(weights(design))),
  "values" = away(computed$value, figures$value, size),
  "standard errors" = away(computed$standard_error, figures$standard_error, small),
  "lower limits" = away(computed$low[limited], figures$low[limited], size[limited]),
  "upper limits" = away(computed$high[limited], figures$high[limited], size[limited]),
  "degrees of freedom" = if (by_chance) away(computed$degrees, figures$degrees, 1) else 0,
  "rows" = away(computed$n, figures$n, 1)
)
if (!is.null(replicated)) {
  differences[["standard errors by replicates"]] <-
    away(computed$standard_error_replicates, figures$standard_error_replicates, small)
}

cat(nrow(figures), "figures of", n, "rows computed again by R", format(getRversion()), "and survey",
    format(packageVersion("survey")), "\n")
worst <- vapply(differences, function(one) if (length(one)) max(one) else 0, 0)
for (what in names(worst)) cat(sprintf("largest relative difference of %s: %.2g\n", what, worst[[what]]))
if (any(worst > TOLERANCE)) {
  cat("NOT REPRODUCED: a difference exceeds", TOLERANCE, "\n")
  quit(status = 1)
}
cat("reproduced\n")
