/**
 * Experiments: methods × splits × seeds in one process, without a broker, by the sharing policy, the strategies and the
 * trainers of a real job. Runs are independent; each is used by one thread, and its result is a file, so that an experiment
 * that was cut off goes on.
 */
package io.rondo.experiment;
