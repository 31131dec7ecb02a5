/** What takes long: verifying a round and measuring its updates, one at a time on one thread. */
package io.rondo.page.work;
