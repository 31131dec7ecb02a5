package io.rondo.inspect.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rondo.aggregator.round.HashChain;
import io.rondo.inspect.receipt.ReceiptCheck.Outcome;
import io.rondo.log.CohortMember;
import io.rondo.log.DecisionHeader;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.Source;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.tensor.Digests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptCheckTest {
    private static final SigningKey KEY = SigningKey.generate();
    private static final Sha256 PREVIOUS = Digests.of(new byte[] {7});

    private final ObjectMapper json = new ObjectMapper();
    private final CohortMember mine = member("mine");
    private final UpdateRejected rejected = UpdateRejected.newBuilder()
            .setHeader(DecisionHeader.newBuilder()
                    .setSequence(11L)
                    .setSource(Source.newBuilder()
                            .setTopic("manifests")
                            .setOffset(3L)
                            .setBodyDigest(Digests.of(new byte[] {4}))
                            .build())
                    .setDecidedAt(5L)
                    .build())
            .setRound(3)
            .setTrainer("mine")
            .setIncarnation("i")
            .setAttempt("x")
            .setReason("late")
            .setDetail("too late")
            .build();
    private final List<List<String>> links = List.of(
            link(1, Digests.of(new byte[] {1})),
            link(4, Digests.of(Bodies.of(rejected))),
            link(2, Digests.of(new byte[] {2})));
    private final RoundPublished published = RoundStatement.signed(
            RoundPublished.newBuilder()
                    .setJobUuid("0b0e7ab5-6a5c-4ac3-8ee4-000000000001")
                    .setRound(3)
                    .setRevision(1)
                    .setBaseRound(2)
                    .setMembers(List.of(member("other"), mine))
                    .setElements(8L)
                    .setChunkDigests(List.of())
                    .setDigest(Digests.of(new byte[] {5}))
                    .setTensors(List.of())
                    .setStartOffsets(List.of())
                    .setOpenedAt(1L)
                    .setClosedAt(2L)
                    .setFirstSequence(10L)
                    .setLastSequence(12L)
                    .setChain(chain())
                    .build(),
            KEY);

    @TempDir
    private Path directory;

    @Test
    void shouldShowWhatCountedAndWhatDidNot() {
        Outcome counted = ReceiptCheck.check(counted(), KEY.verifyingKey());
        Outcome refused = ReceiptCheck.check(refused(), KEY.verifyingKey());

        assertThat(counted.counted()).contains(mine);
        assertThat(counted.rejected()).isEmpty();
        assertThat(refused.rejected()).contains(rejected);
        assertThat(refused.counted()).isEmpty();
    }

    @Test
    void shouldComeBackFromAFile() {
        Path file = directory.resolve("receipt.json");
        ReceiptFile.write(file, refused());

        assertThat(ReceiptFile.read(file)).isEqualTo(refused());
        assertThatThrownBy(() -> ReceiptFile.write(file, counted()))
                .satisfies(
                        thrown -> assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.FILE_EXISTS));
    }

    /** Every single value of a receipt is held by the signature: none can be changed, left out or be of another kind. */
    @Test
    void shouldRefuseAReceiptOfWhichOneValueIsAnother() throws Exception {
        for (Receipt sound : List.of(counted(), refused())) {
            ObjectNode tree = json.valueToTree(sound);
            int changed = 0;
            for (String path : paths(tree, "")) {
                // named for people; who checks has the key from elsewhere
                if (path.equals("/statement/key")) {
                    continue;
                }
                assertRefused(other(tree.deepCopy(), path, changedValue(tree.at(path))), path);
                changed++;
            }
            assertThat(changed).isGreaterThan(12);
        }
    }

    @Test
    void shouldRefuseAnotherKeyAndARoundOfAnother() {
        assertThatThrownBy(() ->
                        ReceiptCheck.check(counted(), SigningKey.generate().verifyingKey()))
                .hasMessageContaining("not signed");
        Receipt sound = counted();
        assertThatThrownBy(() -> ReceiptCheck.check(
                        new Receipt(1, "mine", 3, sound.statement(), null, sound.members(), null, null, null),
                        KEY.verifyingKey()))
                .hasMessageContaining("either a member or a rejection");
    }

    @Test
    void shouldRefuseAFileThatIsNoReceipt() throws Exception {
        for (String content : List.of("", "null", "[]", "{\"version\": 1, \"other\": 2}", "{\"version\": 1} {}")) {
            Path file = Files.writeString(directory.resolve("bad.json"), content);
            assertThatThrownBy(() -> ReceiptFile.read(file)).as(content).satisfies(thrown -> assertThat(
                            ((RondoException) thrown).code())
                    .isEqualTo(ErrorCode.DATA_UNREADABLE));
        }
    }

    private void assertRefused(ObjectNode changed, String path) throws Exception {
        Receipt receipt = json.treeToValue(changed, Receipt.class);
        assertThatThrownBy(() -> ReceiptCheck.check(receipt, KEY.verifyingKey()))
                .as(path)
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> paths(JsonNode node, String at) {
        if (node.isValueNode()) {
            return List.of(at);
        }
        List<String> all = new ArrayList<>();
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                all.addAll(paths(array.get(i), at + "/" + i));
            }
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            all.addAll(paths(field.getValue(), at + "/" + field.getKey()));
        }
        return all;
    }

    private static ObjectNode other(ObjectNode tree, String path, JsonNode value) {
        int slash = path.lastIndexOf('/');
        JsonNode parent = tree.at(path.substring(0, slash));
        String name = path.substring(slash + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), value);
        } else {
            ((ObjectNode) parent).set(name, value);
        }
        return tree;
    }

    /** One digit of a text is another, a number is one more. */
    private JsonNode changedValue(JsonNode value) {
        if (value.isNumber()) {
            return json.getNodeFactory().numberNode(value.asLong() + 1);
        }
        String text = value.asText();
        char last = text.charAt(text.length() - 1);
        return json.getNodeFactory().textNode(text.substring(0, text.length() - 1) + (last == '0' ? '1' : '0'));
    }

    private Receipt counted() {
        return new Receipt(
                1,
                "mine",
                3,
                statement(),
                HexFormat.of().formatHex(Bodies.of(mine)),
                published.getMembers().stream()
                        .map(member -> Digests.hex(RoundStatement.digest(member)))
                        .toList(),
                null,
                null,
                null);
    }

    private Receipt refused() {
        return new Receipt(
                1,
                "mine",
                3,
                statement(),
                null,
                null,
                HexFormat.of().formatHex(Bodies.of(rejected)),
                Digests.hex(PREVIOUS),
                links);
    }

    private Receipt.Statement statement() {
        return Receipt.Statement.of(published).orElseThrow();
    }

    private Sha256 chain() {
        HashChain chain = new HashChain();
        chain.published(PREVIOUS);
        links.forEach(link -> chain.add(ReceiptCheck.digest(link.get(0)), ReceiptCheck.digest(link.get(1))));
        return chain.value();
    }

    private static List<String> link(int source, Sha256 decision) {
        return List.of(Digests.hex(Digests.of(new byte[] {(byte) source})), Digests.hex(decision));
    }

    private static CohortMember member(String trainer) {
        return CohortMember.newBuilder()
                .setTrainer(trainer)
                .setAttempt("attempt-of-" + trainer)
                .setWeight(2)
                .setNumExamples(2L)
                .setDigest(Digests.of(new byte[] {6}))
                .build();
    }
}
