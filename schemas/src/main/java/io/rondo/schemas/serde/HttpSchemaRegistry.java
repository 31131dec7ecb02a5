package io.rondo.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.schemas.adapter.RejectionReason;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The few calls of Confluent's registry API that a serde needs, with cached responses. */
final class HttpSchemaRegistry implements SchemaRegistry {
    /** In practice references nest two or three levels deep; a cycle would never end. */
    private static final int DEEPEST_REFERENCE = 16;

    private static final String FULL_TRANSITIVE = "FULL_TRANSITIVE";
    private static final int READ_ONLY = 42_205;
    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final Logger LOG = LoggerFactory.getLogger(HttpSchemaRegistry.class);

    private final RegistryHttp http;
    private final boolean removeJavaProperties;
    private final DeniedIds denied = new DeniedIds(System::nanoTime);
    private final Optional<SchemaCensus> census;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<String, Map<Schema, Integer>> ids = new ConcurrentHashMap<>();

    /** @param naming how subjects are named: if by record name, the subjects of a log's schemas are known */
    HttpSchemaRegistry(RegistrySettings settings, SubjectNaming naming) {
        this.http = new RegistryHttp(settings);
        this.removeJavaProperties = settings.removeJavaProperties();
        this.census = naming == SubjectNaming.RECORD
                ? Optional.of(new SchemaCensus(
                        SchemaFiles.schemas().stream().map(Schema::getFullName).toList(), http::get, System::nanoTime))
                : Optional.empty();
    }

    @Override
    public int register(String subject, Schema schema) {
        return cached(subject, schema, () -> {
            RegistryHttp.Answer answer = http.send("POST", "/subjects/" + encode(subject) + "/versions", body(schema));
            // an existing schema needs no write permission, and another process may just have created it
            if (mayNotWrite(answer) || answer.status() == CONFLICT) {
                RegistryHttp.Answer present = http.send("POST", "/subjects/" + encode(subject), body(schema));
                if (present.found()) {
                    return id(present, "look up " + schema.getFullName());
                }
            }
            return id(answer, "register " + schema.getFullName());
        });
    }

    /**
     * Registers a schema under a given id, by the import mode of Confluent's registry. Returns the resulting id, which the
     * caller compares: some registries accept the request and choose another id. Empty if the registry does not support
     * imports.
     */
    OptionalInt importUnder(String subject, Schema schema, int id) {
        String mode = "/mode/" + encode(subject);
        RegistryHttp.Answer before = http.get(mode);
        boolean isTaken = true;
        try {
            isTaken = http.send("PUT", mode, mode("IMPORT")).found();
            if (!isTaken) {
                return OptionalInt.empty();
            }
            RegistryHttp.Answer answer = http.send(
                    "POST",
                    "/subjects/" + encode(subject) + "/versions",
                    body(schema).put("id", id));
            return answer.found() ? OptionalInt.of(id(answer, "import " + schema.getFullName())) : OptionalInt.empty();
        } finally {
            // a request without a response may have been executed
            if (isTaken) {
                putBack(subject, mode, before);
            }
        }
    }

    /** Any response will do: it shows that the registry is reachable. */
    void ping() {
        http.get("/schemas/types");
    }

    /**
     * Restores the mode of a subject. If it had no mode of its own, the mode is deleted, provided that the registry supports
     * this.
     */
    private void putBack(String subject, String path, RegistryHttp.Answer before) {
        String mode = before.found() ? before.body().path("mode").asText("") : "";
        boolean isBack = false;
        try {
            isBack = mode.isEmpty()
                    ? http.delete(path).found()
                            || http.send("PUT", path, mode("READWRITE")).found()
                    : http.send("PUT", path, mode(mode)).found();
        } finally {
            if (!isBack) {
                LOG.warn(
                        "the registry did not take back the mode IMPORT of subject {}: set it to {} by PUT {}",
                        subject,
                        mode.isEmpty() ? "READWRITE" : mode,
                        path);
            }
        }
    }

    /** Permissions are missing, or the registry or the subject is in read-only mode. */
    private static boolean mayNotWrite(RegistryHttp.Answer answer) {
        return answer.status() == 403 || answer.status() == 405 || answer.errorCode() == READ_ONLY;
    }

    private static ObjectNode mode(String mode) {
        return JsonNodeFactory.instance.objectNode().put("mode", mode);
    }

    @Override
    public int lookUp(String subject, Schema schema) {
        return cached(subject, schema, () -> {
            RegistryHttp.Answer answer = http.send("POST", "/subjects/" + encode(subject), body(schema));
            if (answer.denied()) {
                throw new RondoException(
                        ErrorCode.SCHEMA_UNKNOWN,
                        "the registry does not know this version of " + schema.getFullName() + " (subject " + subject
                                + ")",
                        "start the aggregator or `rondo job submit` of this version once: they register schemas");
            }
            return id(answer, "look up " + schema.getFullName());
        });
    }

    @Override
    public Schema schema(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        // ids start at 1; a negative one is garbage and needs no lookup
        if (id < 0 || denied.contains(id)) {
            throw unknown(id);
        }
        if (denied.isFlooded() && census.isPresent() && census.get().excludes(id)) {
            throw unknown(id);
        }
        RegistryHttp.Answer answer = http.get("/schemas/ids/" + id);
        if (answer.denied() || isRefusedAlone(id, answer)) {
            denied.add(id);
            throw unknown(id);
        }
        if (!answer.found() || !answer.body().path("schema").isTextual()) {
            throw http.refused("give the schema of id " + id, answer);
        }
        Schema parsed = parse(id, answer.body());
        Schema raced = schemas.putIfAbsent(id, parsed);
        return raced == null ? parsed : raced;
    }

    /**
     * Whether the registry refuses this id but returns others: permissions may be per subject, and anyone can write a record
     * with a foreign id. If it refuses a schema that it returned before, the credentials are at fault and not the record.
     */
    private boolean isRefusedAlone(int id, RegistryHttp.Answer answer) {
        if (answer.status() != FORBIDDEN) {
            return false;
        }
        Optional<Integer> known = schemas.keySet().stream().min(Integer::compare);
        if (known.isEmpty() || !http.get("/schemas/ids/" + known.get()).found()) {
            return false;
        }
        LOG.warn("the registry refuses to give the schema of id {}: {}; its records are refused", id, answer.message());
        return true;
    }

    @Override
    public void requireFullTransitive(String subject) {
        if (hasFullTransitive(subject)) {
            return;
        }
        ObjectNode rule = JsonNodeFactory.instance.objectNode().put("compatibility", FULL_TRANSITIVE);
        RegistryHttp.Answer answer = http.send("PUT", "/config/" + encode(subject), rule);
        // another process may have set it at the same moment
        if (!answer.found() && !(answer.status() == CONFLICT && hasFullTransitive(subject))) {
            throw http.refused("set the compatibility of " + subject, answer);
        }
    }

    private boolean hasFullTransitive(String subject) {
        return isFullTransitive(http.get("/config/" + encode(subject) + "?defaultToGlobal=true"));
    }

    /**
     * A subject's own compatibility level overrides the registry's; not every registry returns the global level for a
     * subject without one.
     */
    private boolean isFullTransitive(RegistryHttp.Answer ofSubject) {
        RegistryHttp.Answer answer = ofSubject.found() ? ofSubject : http.get("/config");
        return answer.found()
                && FULL_TRANSITIVE.equals(
                        answer.body().path("compatibilityLevel").asText());
    }

    private int cached(String subject, Schema schema, java.util.function.IntSupplier ask) {
        Map<Schema, Integer> known = ids.computeIfAbsent(subject, key -> new ConcurrentHashMap<>());
        Integer id = known.get(schema);
        if (id != null) {
            return id;
        }
        int answered = ask.getAsInt();
        known.put(schema, answered);
        schemas.putIfAbsent(answered, schema);
        return answered;
    }

    private int id(RegistryHttp.Answer answer, String what) {
        JsonNode id = answer.body().path("id");
        if (!answer.found() || !id.canConvertToInt() || id.isNull()) {
            throw http.refused(what, answer);
        }
        return id.asInt();
    }

    private ObjectNode body(Schema schema) {
        String text = removeJavaProperties ? PortableSchema.text(schema) : schema.toString();
        return JsonNodeFactory.instance.objectNode().put("schema", text);
    }

    private Schema parse(int id, JsonNode answer) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!"AVRO".equals(type)) {
            throw unusable(id, "is of type " + type + ", not AVRO", null);
        }
        try {
            return parse(answer, new Schema.Parser(), 0);
        } catch (SchemaParseException e) {
            throw unusable(id, "is not a schema: " + e.getMessage(), e);
        }
    }

    /** A schema may reference types of other subjects; the parser must know them first. */
    private Schema parse(JsonNode answer, Schema.Parser parser, int depth) {
        if (depth > DEEPEST_REFERENCE) {
            throw new SchemaParseException("references nest more than " + DEEPEST_REFERENCE + " deep");
        }
        for (JsonNode reference : answer.path("references")) {
            if (parser.getTypes().containsKey(reference.path("name").asText())) {
                continue;
            }
            RegistryHttp.Answer referenced = http.get("/subjects/"
                    + encode(reference.path("subject").asText()) + "/versions/"
                    + reference.path("version").asInt());
            if (!referenced.found()) {
                throw new SchemaParseException("it refers to " + reference + ", which is not there");
            }
            parse(referenced.body(), parser, depth + 1);
        }
        return parser.parse(answer.path("schema").asText());
    }

    private static UnreadableRecordException unknown(int id) {
        return new UnreadableRecordException(RejectionReason.UNKNOWN_SCHEMA, "the registry has no schema of id " + id);
    }

    private static UnreadableRecordException unusable(int id, String what, Exception cause) {
        return new UnreadableRecordException(
                RejectionReason.UNKNOWN_SCHEMA, "the registry's schema of id " + id + ' ' + what, cause);
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
