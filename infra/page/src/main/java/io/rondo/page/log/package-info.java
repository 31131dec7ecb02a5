/** The logs that the page shows: jobs and branches of a cluster, or one archive; each is followed by a thread of its own while somebody looks at it. */
package io.rondo.page.log;
