package io.rondo.trainer.runtime;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a site allows a job to request. A missing key allows everything. The job is checked before the trainer joins, so a
 * job that requests more gets nothing.
 */
public final class SitePolicy {
    /** One entry of the file, as written. */
    public record Entry(String where, String key, List<String> values) {
        public Entry {
            values = List.copyOf(values);
        }
    }

    /** The keys of a policy. */
    private enum Key {
        /** Public keys of operators. */
        OPERATOR_KEYS,
        /** Names of base models. */
        MODELS,
        /** Digests of base models. */
        MODEL_DIGESTS,
        /** Methods, which decide which factors leave the site. */
        METHODS,
        /** Whether the head may be shared: local, shared. */
        HEADS,
        /** Modules that may be adapted. */
        TARGET_MODULES,
        /** Layers that may be adapted. */
        LAYERS,
        /** The least product of local steps and batch size: an update from fewer examples reveals more about each. */
        MIN_EXAMPLES_PER_ROUND,
        /** The least number of trainers asked in a round. */
        MIN_COHORT,
        /** The largest update norm that the job may accept. */
        MAX_UPDATE_NORM,
        /** Names of metrics that may leave the site. */
        METRICS,
        /** Whether the job may name labels: yes, no (only numbers). */
        LABEL_TEXTS;

        private String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Map<Key, Entry> entries = new EnumMap<>(Key.class);

    private SitePolicy() {}

    /** @throws RondoException with {@code BAD_CONFIG} when an entry is invalid */
    public static SitePolicy of(List<Entry> entries) {
        SitePolicy policy = new SitePolicy();
        for (Entry entry : entries) {
            Key key = Arrays.stream(Key.values())
                    .filter(one -> one.id().equals(entry.key()))
                    .findFirst()
                    .orElseThrow(() -> bad(
                            entry,
                            "there is no key '" + entry.key() + "'",
                            "choose one of "
                                    + Arrays.stream(Key.values()).map(Key::id).collect(Collectors.joining(", "))));
            policy.entries.put(key, entry);
        }
        policy.number(Key.MIN_EXAMPLES_PER_ROUND);
        policy.number(Key.MIN_COHORT);
        policy.number(Key.MAX_UPDATE_NORM);
        Optional.ofNullable(policy.entries.get(Key.LABEL_TEXTS)).ifPresent(entry -> {
            if (!entry.values().equals(List.of("yes")) && !entry.values().equals(List.of("no"))) {
                throw bad(entry, "label-texts is " + entry.values(), "write yes or no");
            }
        });
        return policy;
    }

    /** @throws RondoException with {@code POLICY_REFUSED} when the job requests more than the site allows */
    public void require(JobSpec spec) {
        oneOf(Key.OPERATOR_KEYS, "operator-key", List.of(spec.getOperatorKey()));
        oneOf(Key.MODELS, "model", List.of(spec.getModel()));
        oneOf(Key.MODEL_DIGESTS, "model digest", List.of(spec.getModelDigest()));
        oneOf(Key.METHODS, "method", List.of(spec.getMethod()));
        oneOf(Key.HEADS, "head", List.of(spec.getHead()));
        oneOf(Key.TARGET_MODULES, "target-modules", spec.getTargetModules());
        layers(spec);
        atLeast(
                Key.MIN_EXAMPLES_PER_ROUND,
                "local-steps × batch-size",
                (double) spec.getLocalSteps() * spec.getBatchSize());
        atLeast(Key.MIN_COHORT, "min-trainers", spec.getMinTrainers());
        norm(spec);
        labels(spec);
    }

    /** @throws RondoException with {@code POLICY_REFUSED} when fewer trainers are asked than the site allows */
    void require(RoundOpened round) {
        atLeast(
                Key.MIN_COHORT,
                "the cohort of round " + round.getRound(),
                round.getCohort().size());
    }

    /** Those of these metrics that may leave the site. */
    Map<String, Double> allowed(Map<String, Double> metrics) {
        Entry entry = entries.get(Key.METRICS);
        return entry == null
                ? metrics
                : metrics.entrySet().stream()
                        .filter(metric -> entry.values().contains(metric.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void oneOf(Key key, String what, List<String> asked) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return;
        }
        asked.stream().filter(one -> !entry.values().contains(one)).findFirst().ifPresent(one -> {
            throw refused(
                    entry, "the job's " + what + " is '" + one + "', allowed are " + String.join(", ", entry.values()));
        });
    }

    private void layers(JobSpec spec) {
        Entry entry = entries.get(Key.LAYERS);
        if (entry != null && spec.getLayersToTransform().isEmpty()) {
            throw refused(entry, "the job adapts all layers, allowed are " + String.join(", ", entry.values()));
        }
        oneOf(
                Key.LAYERS,
                "layers-to-transform",
                spec.getLayersToTransform().stream().map(String::valueOf).toList());
    }

    private void atLeast(Key key, String what, double found) {
        number(key).ifPresent(least -> {
            if (found < least) {
                throw refused(
                        entries.get(key), what + " is " + plain(found) + ", at least " + plain(least) + " is asked");
            }
        });
    }

    /** A job limits norms by clipping, or by refusing updates over the limit. */
    private void norm(JobSpec spec) {
        number(Key.MAX_UPDATE_NORM).ifPresent(most -> {
            boolean limited = (spec.getClip() > 0 && spec.getClip() <= most)
                    || (spec.getMaxUpdateNorm() > 0 && spec.getMaxUpdateNorm() <= most);
            if (!limited) {
                throw refused(
                        entries.get(Key.MAX_UPDATE_NORM),
                        "the job has clip " + plain(spec.getClip()) + " and max-update-norm "
                                + plain(spec.getMaxUpdateNorm()) + ", one of them has to be above 0 and at most "
                                + plain(most));
            }
        });
    }

    private void labels(JobSpec spec) {
        Entry entry = entries.get(Key.LABEL_TEXTS);
        if (entry != null && entry.values().equals(List.of("no"))) {
            spec.getLabels().stream()
                    .filter(label -> !label.matches("[0-9]{1,9}"))
                    .findFirst()
                    .ifPresent(label -> {
                        throw refused(entry, "the job spells out the label '" + label + "', allowed are numbers");
                    });
        }
    }

    private Optional<Double> number(Key key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        try {
            double number = Double.parseDouble(entry.values().get(0));
            if (entry.values().size() == 1 && number > 0 && Double.isFinite(number)) {
                return Optional.of(number);
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw bad(entry, key.id() + " is " + entry.values(), "write one number above 0", e);
        }
        throw bad(entry, key.id() + " is " + entry.values(), "write one number above 0");
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static RondoException refused(Entry entry, String problem) {
        return new RondoException(
                ErrorCode.POLICY_REFUSED,
                entry.where() + " (" + entry.key() + "): " + problem,
                "nothing was sent; change the policy if the site agrees, or ask the operator for another job");
    }

    private static RondoException bad(Entry entry, String problem, String next) {
        return bad(entry, problem, next, null);
    }

    private static RondoException bad(Entry entry, String problem, String next, Exception cause) {
        return new RondoException(ErrorCode.BAD_CONFIG, entry.where() + ": " + problem, next, cause);
    }
}
