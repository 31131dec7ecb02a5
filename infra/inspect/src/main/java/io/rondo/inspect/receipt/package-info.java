/** Receipts: what a site keeps to show, without a log, that an update of its counted or why it did not. Values; no threads. */
package io.rondo.inspect.receipt;
