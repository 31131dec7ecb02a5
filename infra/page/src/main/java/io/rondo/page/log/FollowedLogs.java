package io.rondo.page.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The logs that someone looks at now. One that nobody has looked at for minutes is let go; it is read again when it is asked for. */
public final class FollowedLogs implements AutoCloseable {
    /** At a time; the one that was looked at longest ago makes room. */
    private static final int MOST = 6;

    private static final long IDLE_SECONDS = 600;

    private final PageLogs logs;
    private final Map<String, FollowedLog> followed = new HashMap<>();

    public FollowedLogs(PageLogs logs) {
        this.logs = logs;
    }

    /** The log of this key; reading it starts with the first call. Empty if there is none. */
    public Optional<FollowedLog> of(String key) {
        Optional<FollowedLog> found = known(key);
        if (found.isEmpty()
                && logs.list().stream().anyMatch(entry -> entry.key().equals(key))) {
            found = logs.find(key).map(this::start);
        }
        found.ifPresent(FollowedLog::use);
        return found;
    }

    private synchronized Optional<FollowedLog> known(String key) {
        return Optional.ofNullable(followed.get(key));
    }

    private FollowedLog start(PageLog log) {
        Optional<FollowedLog> leaving = Optional.empty();
        FollowedLog following;
        synchronized (this) {
            FollowedLog known = followed.get(log.key());
            if (known != null) {
                return known;
            }
            if (followed.size() >= MOST) {
                leaving = followed.values().stream().min(Comparator.comparingLong(FollowedLog::usedAt));
                leaving.ifPresent(oldest -> followed.remove(oldest.log().key()));
            }
            following = new FollowedLog(log);
            followed.put(log.key(), following);
            following.start();
        }
        leaving.ifPresent(FollowedLog::close);
        return following;
    }

    /** Lets go of what nobody has looked at for long. */
    public void tidy() {
        List<FollowedLog> leaving = new ArrayList<>();
        synchronized (this) {
            followed.values().removeIf(each -> each.idleSeconds() > IDLE_SECONDS && leaving.add(each));
        }
        leaving.forEach(FollowedLog::close);
    }

    @Override
    public void close() {
        List<FollowedLog> leaving;
        synchronized (this) {
            leaving = List.copyOf(followed.values());
            followed.clear();
        }
        leaving.forEach(FollowedLog::close);
    }
}
