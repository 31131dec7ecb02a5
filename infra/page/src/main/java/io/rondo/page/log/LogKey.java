package io.rondo.page.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the page names logs: a job, or a job and a branch of it. */
record LogKey(String job, Optional<String> branch) {
    private static final Pattern KEY = Pattern.compile("([a-z0-9-]{1,48})(?::([a-z0-9-]{1,48}))?");
    private static final Pattern BRANCH_TOPIC =
            Pattern.compile("rondo\\.([a-z0-9-]{1,48})\\.branch\\.([a-z0-9-]{1,48})\\.decisions");

    static Optional<LogKey> parse(String text) {
        Matcher key = KEY.matcher(text);
        return key.matches()
                ? Optional.of(new LogKey(key.group(1), Optional.ofNullable(key.group(2))))
                : Optional.empty();
    }

    /** The branch whose decisions topic has this name, if it is one. */
    static Optional<LogKey> ofBranchTopic(String topic) {
        Matcher name = BRANCH_TOPIC.matcher(topic);
        return name.matches() ? Optional.of(new LogKey(name.group(1), Optional.of(name.group(2)))) : Optional.empty();
    }

    @Override
    public String toString() {
        return job + branch.map(name -> ":" + name).orElse("");
    }
}
