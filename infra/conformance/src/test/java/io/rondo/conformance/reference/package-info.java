/**
 * A trainer without a model, and its faults: what the kit is tested with. It is written from the contract alone and shares no code with the
 * trainer service. A thread of its own runs each.
 */
package io.rondo.conformance.reference;
