/**
 * Logs that commands read, and what they find there: verification, counterfactual rounds, comparisons. A command's thread
 * uses it.
 */
package io.rondo.inspect.view;
