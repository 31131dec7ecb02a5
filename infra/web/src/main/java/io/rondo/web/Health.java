package io.rondo.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Whether a process lives, and whether it can work. Alive is one that makes progress or may again, so that only a restart helps where it is
 * not; ready is one whose every part answers now. Safe for any thread.
 */
public final class Health {
    /** A check that has not been made for so long says nothing any more. */
    private static final Duration MOST_AGE = Duration.ofSeconds(30);

    private final Clock clock;
    private final Map<String, Supplier<Optional<String>>> live = new TreeMap<>();
    private final Map<String, Supplier<Optional<String>>> ready = new TreeMap<>();
    private final List<Supplier<Map<String, String>>> each = new ArrayList<>();
    private final Map<String, Noted> noted = new TreeMap<>();

    private record Noted(Instant at, Optional<String> problem) {}

    /** What is wrong, if anything is. */
    record Verdict(List<String> problems) {
        boolean isGood() {
            return problems.isEmpty();
        }

        HttpEndpoint.Response answer() {
            return isGood()
                    ? HttpEndpoint.Response.text(200, "ok\n")
                    : HttpEndpoint.Response.text(503, String.join("\n", problems) + "\n");
        }
    }

    public Health() {
        this(Clock.systemUTC());
    }

    Health(Clock clock) {
        this.clock = clock;
    }

    /**
     * Without this, the process is to be started again.
     *
     * @param problem says what is wrong, at once
     */
    public synchronized Health requireToLive(String name, Supplier<Optional<String>> problem) {
        live.put(name, problem);
        return this;
    }

    /**
     * Without this, the process cannot work now.
     *
     * @param problem says what is wrong, at once
     */
    public synchronized Health requireToBeReady(String name, Supplier<Optional<String>> problem) {
        ready.put(name, problem);
        return this;
    }

    /**
     * Without any of these, the process cannot do all of its work now.
     *
     * @param problems what is wrong now, by the name of the part
     */
    public synchronized Health requireEachToBeReady(Supplier<Map<String, String>> problems) {
        each.add(problems);
        return this;
    }

    /** Notes the result of a check that takes time. Until the first one, and when none has come for long, it counts as bad. */
    public synchronized void note(String name, Optional<String> problem) {
        noted.put(name, new Noted(clock.instant(), problem));
        ready.putIfAbsent(name, () -> latest(name));
    }

    /** Says that a check is going to be noted. */
    public synchronized Health expect(String name) {
        ready.putIfAbsent(name, () -> latest(name));
        return this;
    }

    private Optional<String> latest(String name) {
        Noted latest = noted.get(name);
        if (latest == null) {
            return Optional.of("not checked yet");
        }
        Duration age = Duration.between(latest.at(), clock.instant());
        return age.compareTo(MOST_AGE) > 0
                ? Optional.of("not checked for " + age.toSeconds() + " s")
                : latest.problem();
    }

    synchronized Verdict live() {
        return verdict(live);
    }

    synchronized Verdict ready() {
        List<String> problems = new ArrayList<>(verdict(live).problems());
        problems.addAll(verdict(ready).problems());
        each.forEach(parts -> parts.get().forEach((name, problem) -> problems.add(name + ": " + problem)));
        return new Verdict(problems);
    }

    private static Verdict verdict(Map<String, Supplier<Optional<String>>> checks) {
        List<String> problems = new ArrayList<>();
        checks.forEach((name, check) -> check.get().ifPresent(problem -> problems.add(name + ": " + problem)));
        return new Verdict(problems);
    }
}
