/** The scenarios: each plays a script and judges the log that the trainer under test leaves. Stateless, safe for any thread. */
package io.rondo.conformance.scenario;
