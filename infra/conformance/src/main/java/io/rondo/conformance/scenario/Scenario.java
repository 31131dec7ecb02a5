package io.rondo.conformance.scenario;

import io.rondo.conformance.stage.Stage;
import java.util.function.Consumer;

/**
 * A script and the judgement of what the trainer under test does.
 *
 * @param name by which it is chosen
 * @param level what a failure means
 * @param section where the wire contract asks for it
 * @param requirement what it asks for, in a sentence
 * @param company whether others may be played at the same time
 * @param script plays it, and throws where the trainer fails
 */
public record Scenario(
        String name, Level level, String section, String requirement, Company company, Consumer<Stage> script) {

    /** RFC 2119's words. */
    public enum Level {
        MUST,
        SHOULD
    }

    /** Whether other scenarios may be played meanwhile. */
    public enum Company {
        ANY,
        /** It stops the cluster that others would use. */
        ALONE
    }

    static Scenario must(String name, String section, String requirement, Consumer<Stage> script) {
        return new Scenario(name, Level.MUST, section, requirement, Company.ANY, script);
    }

    static Scenario should(String name, String section, String requirement, Consumer<Stage> script) {
        return new Scenario(name, Level.SHOULD, section, requirement, Company.ANY, script);
    }

    Scenario alone() {
        return new Scenario(name, level, section, requirement, Company.ALONE, script);
    }
}
