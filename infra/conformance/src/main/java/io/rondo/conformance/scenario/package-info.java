/** The scenarios: each runs a script and judges the records of the trainer under test. Stateless, safe for any thread. */
package io.rondo.conformance.scenario;
