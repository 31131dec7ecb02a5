/**
 * Experiments: methods × splits × seeds in one process, without a broker, with the sharing policy, the strategies and the
 * trainers of a real job. Runs are independent; each runs on one thread and writes its result to a file, so that an
 * interrupted experiment can be resumed.
 */
package io.rondo.experiment;
