package io.rondo.schemas.error;

import java.util.Locale;

/** The stable codes of failures that a user can meet. A code is never renamed; {@code docs/errors.md} explains each. */
public enum ErrorCode {
    // configuration and the command line
    BAD_CONFIG,
    BAD_JOB_FILE,
    UNKNOWN_KEY,
    UNKNOWN_METHOD,
    NOT_YET_SUPPORTED,
    COMMAND_NOT_INSTALLED,
    PYTHON_NOT_INSTALLED,
    PYTHON_FAILED,
    BAD_ID,

    // keys and signatures
    BAD_KEY,
    KEY_MISMATCH,
    SIGNATURE_INVALID,
    LOG_REWRITTEN,
    POLICY_REFUSED,
    NO_RECEIPT,

    // data
    DATA_NOT_FOUND,
    DATA_UNREADABLE,
    LABEL_COLUMN_MISSING,
    COLUMN_NOT_FOUND,
    DUPLICATE_COLUMN,
    UNLABELLED_DATA,
    LABELS_AMBIGUOUS,
    REGRESSION_DATA,
    ONE_CLASS_ONLY,
    TOO_FEW_EXAMPLES,

    // models
    MODEL_NOT_FOUND,
    MODEL_UNREADABLE,
    MODEL_UNSUPPORTED,
    BLAS_SLOW,

    // the embedded runtime
    PORT_IN_USE,
    NOT_ENOUGH_MEMORY,
    DISK_FULL,
    DIRECTORY_IN_USE,
    DIRECTORY_OF_ANOTHER_JOB,
    BROKER_FAILED_TO_START,
    REGISTRY_FAILED_TO_START,

    // broker and registry
    BROKER_UNREACHABLE,
    BROKER_REFUSED,
    TRANSACTION_OPEN,
    REGISTRY_UNREACHABLE,
    REGISTRY_REFUSED,
    TOPIC_MISMATCH,
    SCHEMA_UNKNOWN,
    RECORD_UNREADABLE,

    // jobs and their processes
    JOB_NOT_FOUND,
    JOB_EXISTS,
    ROUND_NOT_FOUND,
    JOB_FAILED,
    RULES_UNKNOWN,
    STRATEGY_NOT_INSTALLED,
    COMMAND_REFUSED,
    INSTANCE_FENCED,
    TRAINER_FENCED,
    JOIN_REFUSED,
    TRAINER_FAILED,
    NOT_CONFORMING,
    STATE_UNREADABLE,
    ADAPTER_CORRUPT,
    ADAPTER_IMPLAUSIBLE,

    // adapters, imported and exported
    ADAPTER_UNREADABLE,
    NO_SUCH_ADAPTER,
    FILE_EXISTS,

    // the log
    LOG_INCONSISTENT,
    LOG_INCOMPLETE,
    VERIFICATION_FAILED,
    REPLAY_IMPOSSIBLE,
    BRANCH_EXISTS,
    ARCHIVE_EXISTS,
    ARCHIVE_NOT_FOUND,
    ARCHIVE_CORRUPT,
    ARCHIVE_FAILED,
    RESTORE_FAILED;

    /** The code as users see it, such as {@code broker-unreachable}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
