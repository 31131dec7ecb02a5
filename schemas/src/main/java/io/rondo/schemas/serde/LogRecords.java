package io.rondo.schemas.serde;

import io.rondo.log.TensorChunk;
import io.rondo.schemas.adapter.RejectionReason;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/** The record classes that may come out of a log: those of Rondo's schemas, and no others. */
public final class LogRecords {
    private static final String PACKAGE = TensorChunk.class.getPackageName();

    private LogRecords() {}

    /**
     * Allows Avro to instantiate the classes of Rondo's schemas; it refuses classes that are not declared as trusted.
     * Declarations of others in this JVM are kept.
     */
    public static void trust() {
        Trust.INSTALLED.run();
    }

    /**
     * The class for records that were written with this schema.
     *
     * @throws UnreadableRecordException when it is not a record of the log
     */
    static Class<? extends SpecificRecord> classOf(Schema writer) {
        if (writer.getType() != Schema.Type.RECORD || !PACKAGE.equals(writer.getNamespace())) {
            throw unexpected(writer);
        }
        Class<?> type = SpecificData.get().getClass(writer);
        if (type == null || !SpecificRecord.class.isAssignableFrom(type)) {
            throw unexpected(writer);
        }
        return type.asSubclass(SpecificRecord.class);
    }

    private static UnreadableRecordException unexpected(Schema writer) {
        return new UnreadableRecordException(
                RejectionReason.UNEXPECTED_RECORD, "'" + writer.getFullName() + "' is no record of the log");
    }

    /** Initialized once, under the class loader's lock. */
    private static final class Trust {
        static final Runnable INSTALLED = install();

        private static Runnable install() {
            try {
                Validator.add();
            } catch (NoClassDefFoundError e) {
                // Avro before 1.12.2, which other serializers may depend on, has no list of trusted classes
            }
            return () -> {};
        }
    }

    /** A separate class, so that it is linked only if Avro has such a list. */
    private static final class Validator {
        static void add() {
            ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                    ClassSecurityValidator.getGlobal(), type -> PACKAGE.equals(type.getPackageName())));
        }
    }
}
