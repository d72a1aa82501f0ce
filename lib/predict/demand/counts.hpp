#pragma once

// Amounts of which a mean and a variance are forecast, and how far they may go.
namespace deskloom::predict {

// How many at most with probability level (above 0, below 1), of a count that is negative binomial, or
// Poisson when the variance is not above the mean (Cameron, Trivedi: Regression Analysis of Count Data, 2nd
// ed., 3.3). Large counts go by amount_quantile. 0 for a mean that is not positive or not finite.
double count_quantile(double mean, double variance, double level);

// The same of an amount that need not be whole: gamma, by the cube root's normal approximation (Wilson,
// Hilferty: The distribution of chi-square, PNAS 1931).
double amount_quantile(double mean, double variance, double level);

}  // namespace deskloom::predict
