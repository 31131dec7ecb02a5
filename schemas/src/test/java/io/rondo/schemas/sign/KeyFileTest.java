package io.rondo.schemas.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    /** As OpenSSL writes it: {@code openssl genpkey -algorithm ed25519}. */
    private static final String OF_OPENSSL = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----
        """;

    @TempDir
    private Path directory;

    @Test
    void shouldWriteAKeyForItsOwnerAloneAndReadItBack() throws IOException {
        Path file = directory.resolve("a.key");

        SigningKey created = KeyFile.create(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(KeyFile.read(file).verifyingKey()).isEqualTo(created.verifyingKey());
        assertThatThrownBy(() -> KeyFile.create(file)).satisfies(thrown -> assertThat(((RondoException) thrown).code())
                .isEqualTo(ErrorCode.FILE_EXISTS));
    }

    @Test
    void shouldReadWhatOthersWrite() throws IOException {
        assertThat(KeyFile.read(file(OF_OPENSSL, "rw-------")).verifyingKey())
                .hasToString("ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void shouldRefuseAFileThatOthersMayReadOrThatHoldsNoKey() throws IOException {
        assertRefused(file(OF_OPENSSL, "rw-r-----"), "others");
        assertRefused(file(OF_OPENSSL, "rw-----w-"), "others");
        assertRefused(file("hello", "rw-------"), "PEM");
        assertRefused(file(OF_OPENSSL.replace("MC4CAQAw", "MC4CAQAx"), "rw-------"), "Ed25519");
        assertRefused(directory.resolve("none"), "cannot be read");
    }

    private static void assertRefused(Path file, String what) {
        assertThatThrownBy(() -> KeyFile.read(file))
                .hasMessageContaining(what)
                .hasMessageContaining(file.toString())
                .satisfies(
                        thrown -> assertThat(((RondoException) thrown).code()).isEqualTo(ErrorCode.BAD_KEY));
    }

    private Path file(String content, String permissions) throws IOException {
        Path file = Files.createTempFile(directory, "some", ".key");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }
}
