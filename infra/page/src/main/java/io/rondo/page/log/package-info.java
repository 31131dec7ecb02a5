/** The logs that the page shows: jobs and branches of a cluster, or one archive. While a log is viewed, its own thread follows it. */
package io.rondo.page.log;
