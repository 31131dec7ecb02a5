package io.rondo.conformance.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundOpened;
import io.rondo.log.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.InterruptException;

/** Records of a version that is newer than every trainer. Their schemas stay in the registry, so it has to be the kit's own. */
public final class ForeignRecords {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CONFLICT = 409;
    private static final String NOTE =
            "{\"type\":\"record\",\"namespace\":\"io.rondo.log\",\"name\":\"ConformanceNote\",\"fields\":["
                    + "{\"name\":\"text\",\"type\":\"string\"}]}";

    private final String registry;

    /** What is new. */
    public enum Kind {
        NEWER_FIELD,
        UNKNOWN_TYPE
    }

    /** @throws NotApplicable where the registry is not the kit's own */
    public ForeignRecords(Cluster cluster) {
        if (!cluster.isOwn()) {
            throw new NotApplicable("the registry is not the kit's own, so no schema is put into it");
        }
        this.registry = cluster.connection().schemaRegistry();
    }

    /** A RoundOpened with one more field. */
    public byte[] newerOpened(ScriptedJob job, int round, int base, String... cohort) {
        RoundOpened opened = job.opened(
                new DecisionHeader(1L, new Source("clock", -1L, null, -1L), System.currentTimeMillis()),
                round,
                base,
                cohort);
        Schema newer = withField(opened.getSchema());
        GenericData.Record record = new GenericData.Record(newer);
        opened.getSchema().getFields().forEach(field -> record.put(field.name(), opened.get(field.pos())));
        record.put("conformanceHint", "of a newer version");
        return encode(newer, record);
    }

    /** A record of a type that no version has. */
    public byte[] note() {
        Schema schema = new Schema.Parser().parse(NOTE);
        GenericData.Record record = new GenericData.Record(schema);
        record.put("text", "of a newer version");
        return encode(schema, record);
    }

    private static Schema withField(Schema schema) {
        try {
            ObjectNode json = (ObjectNode) JSON.readTree(schema.toString());
            ((ArrayNode) json.get("fields"))
                    .addObject()
                    .put("name", "conformanceHint")
                    .put("type", "string")
                    .put("default", "");
            // as other languages read it
            return new Schema.Parser().parse(withoutJava(json).toString());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode withoutJava(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("avro.java.string");
        }
        node.forEach(ForeignRecords::withoutJava);
        return node;
    }

    private byte[] encode(Schema schema, GenericData.Record record) {
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
            new GenericDatumWriter<GenericData.Record>(schema, new SpecificData()).write(record, encoder);
            encoder.flush();
            return ByteBuffer.allocate(1 + Integer.BYTES + body.size())
                    .put((byte) 0)
                    .putInt(register(schema))
                    .put(body.toByteArray())
                    .array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int register(Schema schema) throws IOException {
        HttpResponse<String> answer = post("/versions", schema);
        if (answer.statusCode() == CONFLICT) {
            // another scenario has registered it at the same moment
            answer = post("", schema);
        }
        JsonNode id = JSON.readTree(answer.body()).path("id");
        if (answer.statusCode() != 200 || !id.isInt()) {
            throw new IllegalStateException("the registry did not take a schema: " + answer.body());
        }
        return id.intValue();
    }

    /** @param what {@code /versions} to register a schema, nothing to look it up */
    private HttpResponse<String> post(String what, Schema schema) throws IOException {
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/subjects/" + schema.getFullName() + what))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
