package io.rondo.schemas.sign;

import io.rondo.log.Sha256;
import io.rondo.schemas.tensor.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;

/**
 * The canonical text of a record, which a signature covers (schemas/README.md, section 8). It depends only on the values,
 * not on the order of fields in a schema or on their Avro encoding. A field with its default value is omitted, so a field
 * that is added later does not change the text of records that do not use it.
 */
public final class CanonicalText {
    static final int VERSION = 1;
    private static final String TAG = "rondo-signature-v" + VERSION + '\n';
    private static final String SIGNATURE = "signature";

    private final StringBuilder text = new StringBuilder();

    private CanonicalText() {}

    /** The bytes that a signature of the record covers. */
    static byte[] of(IndexedRecord record, long sequence, Sha256 opened) {
        CanonicalText all = new CanonicalText();
        all.text.append(TAG);
        all.line("sequence", Long.toString(sequence));
        all.line("opened", opened == null ? "null" : Digests.hex(opened));
        all.line("record", record.getSchema().getFullName());
        all.fields(record, true);
        return all.text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** SHA-256 of the record's own lines, without those that a signature adds: signed records refer to each other by it. */
    public static Sha256 digest(IndexedRecord record) {
        CanonicalText all = new CanonicalText();
        all.text.append(TAG);
        all.line("record", record.getSchema().getFullName());
        all.fields(record, true);
        return Digests.of(all.text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void fields(IndexedRecord record, boolean outermost) {
        record.getSchema().getFields().stream()
                .filter(field -> !(outermost && field.name().equals(SIGNATURE)))
                .sorted(Comparator.comparing(Schema.Field::name))
                .forEach(field -> field(field, record.get(field.pos())));
    }

    private void field(Schema.Field field, Object value) {
        int start = text.length();
        value(field.name(), field.schema(), value);
        if (field.hasDefaultValue()) {
            String written = text.substring(start);
            text.setLength(start);
            value(field.name(), field.schema(), SpecificData.get().getDefaultValue(field));
            String standard = text.substring(start);
            text.setLength(start);
            if (!written.equals(standard)) {
                text.append(written);
            }
        }
    }

    private void value(String label, Schema schema, Object value) {
        switch (schema.getType()) {
            case INT, LONG, BOOLEAN, ENUM -> line(label, value.toString());
            case DOUBLE -> line(label, "%016x".formatted(Double.doubleToRawLongBits((Double) value)));
            case STRING -> line(label, counted(value.toString()));
            case FIXED -> line(label, HexFormat.of().formatHex(((GenericFixed) value).bytes()));
            case BYTES -> line(label, hex((ByteBuffer) value));
            case UNION -> union(label, schema, value);
            case RECORD -> {
                line(label, "{");
                fields((IndexedRecord) value, false);
                text.append("}\n");
            }
            case ARRAY -> {
                line(label, "[");
                ((Collection<?>) value).forEach(item -> value("-", schema.getElementType(), item));
                text.append("]\n");
            }
            case MAP -> {
                line(label, "[");
                ((Map<?, ?>) value)
                        .entrySet().stream()
                                .sorted(Comparator.comparing(
                                        entry -> bytes(entry.getKey()), (one, other) -> compare(one, other)))
                                .forEach(entry -> value(
                                        counted(entry.getKey().toString()), schema.getValueType(), entry.getValue()));
                text.append("]\n");
            }
            default -> throw new IllegalArgumentException("no canonical text of a " + schema.getType());
        }
    }

    /** Every union in the log's schemas is a type or null. */
    private void union(String label, Schema schema, Object value) {
        if (value == null) {
            line(label, "null");
            return;
        }
        Schema type = schema.getTypes().stream()
                .filter(one -> one.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
        value(label, type, value);
    }

    private void line(String label, String value) {
        text.append(label).append(' ').append(value).append('\n');
    }

    /** A text preceded by its length in bytes, so that its end is unambiguous whatever it contains. */
    private static String counted(String value) {
        return bytes(value).length + ":" + value;
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int compare(byte[] one, byte[] other) {
        return java.util.Arrays.compareUnsigned(one, other);
    }

    private static String hex(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
