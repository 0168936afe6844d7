# The tasks of survey_estimates.py by R `survey`, as its users would write them.
#
#   Rscript survey_peers.R TASK PEOPLE.csv MARGINS.csv FOUND.csv
#
# Reads the people and what weights are raked to (column, answer, total). Writes one row for each estimate: domain
# (empty for everybody), name, value, standard_error. Prints seconds of reading, of the work, and of the processor at work.

suppressMessages(library(survey))

given <- commandArgs(trailingOnly = TRUE)
task <- given[1]

read <- function(path) {
  if (requireNamespace("data.table", quietly = TRUE)) as.data.frame(data.table::fread(path)) else read.csv(path)
}

# One row for each estimate of a table of svyby, or of the same function on everybody; `names` replace its own.
rows <- function(domain, names, value, error) {
  data.frame(domain = domain, name = names, value = as.vector(value), standard_error = as.vector(error))
}

everybody_and_by <- function(formula, design, statistic, names, ...) {
  whole <- statistic(formula, design, ...)
  table <- svyby(formula, ~domain, design, statistic, ...)
  count <- length(names)
  rbind(
    rows("", names, coef(whole), SE(whole)),
    rows(table$domain, rep(names, each = nrow(table)),
         as.matrix(table[, 1 + seq_len(count)]), as.matrix(table[, 1 + count + seq_len(count)]))
  )
}

linear <- function(design, people) {
  answered <- grep("^[bx][0-9]+$", names(people), value = TRUE)
  every <- reformulate(answered)
  levels <- sort(unique(people$level))
  # Together, those who skipped one question would be left out of the other.
  skipped <- lapply(c("s1", "s2"), function(name) {
    everybody_and_by(reformulate(name), design, svymean, paste("mean", name), na.rm = TRUE)
  })
  rbind(
    everybody_and_by(every, design, svymean, paste("mean", answered)),
    everybody_and_by(every, design, svytotal, paste("total", answered)),
    everybody_and_by(~factor(level), design, svymean, paste0("share level=", levels)),
    do.call(rbind, skipped),
    everybody_and_by(~x1, design, svyratio, "ratio x1/x2", denominator = ~x2)
  )
}

raked <- function(design, margins) {
  columns <- unique(margins$column)
  totals <- lapply(columns, function(column) {
    mine <- margins[margins$column == column, ]
    setNames(data.frame(mine$answer, mine$total), c(column, "Freq"))
  })
  rake(design, lapply(columns, reformulate), totals, control = list(maxit = 1000, epsilon = 1e-12))
}

quantiles <- function(design, people) {
  amounts <- grep("^x[0-9]+$", names(people), value = TRUE)
  probabilities <- c(0.25, 0.5, 0.75)
  labels <- paste("quantile", rep(amounts, each = length(probabilities)), probabilities)
  # The standard error is that behind the interval, and needs it.
  everybody_and_by(reformulate(amounts), design, svyquantile, labels, quantiles = probabilities, ci = TRUE)
}

before <- proc.time()
people <- read(given[2])
margins <- read(given[3])
ready <- proc.time()

design <- svydesign(id = ~unit, strata = ~stratum, weights = ~weight, fpc = ~units_in_stratum, data = people)
found <- switch(task,
  linear = linear(design, people),
  raked = linear(raked(design, margins), people),
  # Warns that the bootstrap leaves the population out.
  bootstrap = linear(
    suppressWarnings(as.svrepdesign(design, type = "subbootstrap", replicates = 1000, mse = TRUE)), people
  ),
  jackknife = linear(as.svrepdesign(design, type = "JKn", mse = TRUE), people),
  quantiles = quantiles(design, people),
  stop("no task ", task)
)
done <- proc.time()

write.csv(format(found, digits = 17), given[4], row.names = FALSE, quote = FALSE)
spent <- done - ready
cat((ready - before)[["elapsed"]], spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]], "\n")
