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
     * Lets Avro instantiate the classes of our schemas; it refuses what nobody has declared as trusted. What others in
     * this JVM have declared stays as it is.
     */
    public static void trust() {
        Trust.INSTALLED.run();
    }

    /**
     * The class that reads what was written with this schema.
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

    /** Initialized once, by the class loader's lock. */
    private static final class Trust {
        static final Runnable INSTALLED = install();

        private static Runnable install() {
            try {
                Validator.add();
            } catch (NoClassDefFoundError e) {
                // Avro before 1.12.2, as other serializers bring it, has no list of trusted classes to add to
            }
            return () -> {};
        }
    }

    /** Apart from what calls it, so that it is linked only where Avro has such a thing. */
    private static final class Validator {
        static void add() {
            ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                    ClassSecurityValidator.getGlobal(), type -> PACKAGE.equals(type.getPackageName())));
        }
    }
}
