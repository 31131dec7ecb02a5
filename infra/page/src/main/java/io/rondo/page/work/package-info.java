/** Long tasks: verifies a round or measures its updates, one at a time on one thread. */
package io.rondo.page.work;
