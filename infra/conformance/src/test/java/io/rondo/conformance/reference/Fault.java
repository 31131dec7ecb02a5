package io.rondo.conformance.reference;

import java.util.List;

/** A way in which a trainer can be wrong, and the scenarios that find it. */
public enum Fault {
    CHUNKS_IN_THE_NEXT_PARTITION("chunk-partitions"),
    POSITION_IN_BYTES("chunk-sizes"),
    CHUNK_DIGEST_OF_NOTHING("chunk-digests"),
    RANGES_ONE_TOO_LONG("manifest-offsets"),
    /** It guesses the offsets of its chunks, as if there were no others in the topic. */
    MANIFEST_WITHOUT_ACKNOWLEDGEMENTS("manifest-after-acks", "killed-during-upload", "late-resent", "damaged-resent"),
    BASE_ROUND_IS_THE_ROUND_BEFORE("round-failed"),
    BASE_ROUND_IS_ALWAYS_0("base-round"),
    COUNTS_EXAMPLES_TWICE("manifest-fields"),
    METRICS_WITHOUT_END("manifest-fields"),
    SAME_ATTEMPT_AFTER_A_RESTART("fresh-attempt", "killed-during-upload"),
    SAME_INCARNATION_AFTER_A_RESTART("fresh-incarnation"),
    TRAINS_AGAIN_AFTER_A_RESTART("trained-once"),
    READS_UNCOMMITTED("committed-only"),
    USES_TRANSACTIONS("no-transactions"),
    IGNORES_THE_COHORT("idle-outside-cohort", "cohort-changes"),
    IGNORES_A_SECOND_COHORT("cohort-changes"),
    RESENDS_WHATEVER_IS_REJECTED("rejected", "duplicate-answer", "late-resent", "damaged-resent", "fenced"),
    NEVER_RESENDS("late-resent", "damaged-resent"),
    GOES_ON_WHEN_FENCED("fenced"),
    LEAVES_WHEN_FENCED("fenced"),
    GOES_ON_WHEN_SUPERSEDED("superseded"),
    GOES_ON_WHEN_REFUSED("join-refused"),
    BELIEVES_ANY_REJECTION("foreign-rejection"),
    SUCCEEDS_AT_AN_ABORT("aborted"),
    FAILS_AT_THE_END("finishes"),
    NEVER_LEAVES("leaves", "stopped", "signatures"),
    STOPS_AT_A_PAUSE("paused"),
    NEVER_REJOINS("absent-rejoins"),
    JOINS_WITH_ANY_LAYOUT("wrong-layout"),
    JOINS_WITH_ANY_MODEL("wrong-model"),
    BELIEVES_ANY_ADAPTER("adapter-digest"),
    TAKES_CHUNKS_OF_ANY_REVISION("adapter-chunks"),
    ENDS_AT_AN_UNKNOWN_RECORD("unknown-record"),
    LOADS_ONLY_THE_FIRST_ADAPTER(
            "starts-from-published", "missed-rounds", "fedit", "ffa", "rolora", "fed-alora", "shared-head"),
    RESETS_ITS_OWN_FACTOR("own-factor-kept"),
    KEEPS_A_FAILED_ROUND("failed-round-undone"),
    FACTORS_GROUPED_BY_ROLE("fedit"),
    BF16_CUT_OFF("bf16"),
    EMPTY_UPDATE_WITH_A_DIGEST_OF_ZEROS("shares-nothing"),
    TELLS_AN_EXAMPLE("nothing-private"),
    SENDS_A_LOCAL_FACTOR_IN_A_HEADER("nothing-private"),
    NOT_DETERMINISTIC("same-seed"),
    DOES_NOT_TRAIN("trains", "own-factor-kept"),
    NEVER_EVALUATES("evaluates", "signatures"),
    DOES_NOT_SIGN("signatures"),
    SIGNS_WITHOUT_THE_ROUND("signatures"),
    SIGNS_EACH_RECORD_AS_THE_FIRST("signatures"),
    BELIEVES_WHOEVER_OPENS_A_ROUND("foreign-round"),
    SUCCEEDS_WITHOUT_A_REGISTRY("registry-away");

    private final String scenarios;

    Fault(String... scenarios) {
        this.scenarios = String.join(",", scenarios);
    }

    /** The scenarios that such a trainer fails, and no others. */
    public List<String> scenarios() {
        return List.of(scenarios.split(",", -1));
    }
}
