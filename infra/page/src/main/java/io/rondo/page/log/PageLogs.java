package io.rondo.page.log;

import java.util.List;
import java.util.Optional;

/** The logs that the page shows. Safe for any thread. */
public interface PageLogs extends AutoCloseable {

    /** What is known of a log without reading it as a whole. Lineage and settings are null if nothing tells them. */
    record Entry(
            String key,
            String job,
            String branch,
            String uuid,
            String method,
            String adapter,
            String model,
            Integer rounds,
            Long submittedAt,
            String parentJob,
            Integer parentRound) {}

    /** Every log, by name; a job's branches come after it. */
    List<Entry> list();

    /** The log of this key, if the page may show it. */
    Optional<PageLog> find(String key);

    /** What they are, in a few words for the page's title. */
    String place();

    @Override
    void close();
}
