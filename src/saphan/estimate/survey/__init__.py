"""Design-based estimates from surveys; `saphan.estimate` names what users need."""
