/**
 * A job as a file: {@code job.yaml} in and out. The keys are spelled in one table, {@link io.rondo.cli.job.JobKey}, in the
 * vocabulary of the log's {@code JobSpec}. Stateless, safe for any thread.
 */
package io.rondo.cli.job;
