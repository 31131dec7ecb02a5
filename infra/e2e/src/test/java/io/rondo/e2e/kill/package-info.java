/**
 * The kill matrix: a federation of light trainers on real processes, faults at seeded moments, and a census of its
 * log afterwards. {@code docs/explanation/robustness.md} has the table. Harness code runs on the test's thread; what
 * follows the log or trains has a thread of its own.
 */
package io.rondo.e2e.kill;
