package io.rondo.schemas.sign;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** An Ed25519 public key. Its text form is {@code ed25519:} and its 32 bytes in hexadecimal digits. */
public final class VerifyingKey {
    /** The prefix of a key's text form. */
    public static final String PREFIX = "ed25519:";

    private static final Pattern TEXT = Pattern.compile(PREFIX + "[0-9a-f]{64}");
    /** The bytes before the 32 bytes of a key in its X.509 form. */
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String id;
    private final PublicKey key;

    private VerifyingKey(String id, PublicKey key) {
        this.id = id;
        this.key = key;
    }

    /** @throws IllegalArgumentException when this is not the text of a public key */
    public static VerifyingKey parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "no public key: it starts with " + PREFIX + " and has 64 hexadecimal digits, in lower case");
        }
        return ofBytes(HexFormat.of().parseHex(text, PREFIX.length(), text.length()));
    }

    /** Whether a text is that of a public key. */
    public static boolean isKey(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static VerifyingKey ofBytes(byte[] bytes) {
        byte[] encoded = Arrays.copyOf(X509, X509.length + bytes.length);
        System.arraycopy(bytes, 0, encoded, X509.length, bytes.length);
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            // bytes that are no point of the curve are refused only here
            Signature.getInstance("Ed25519").initVerify(key);
            return new VerifyingKey(HexFormat.of().formatHex(bytes), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no public key: its bytes are no point of the curve", e);
        }
    }

    /** The key's 32 bytes in hexadecimal digits, as a signature names it. */
    public String id() {
        return id;
    }

    /** Whether this key has signed these bytes. */
    boolean verifies(byte[] text, byte[] signature) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(key);
            ed25519.update(text);
            return ed25519.verify(signature);
        } catch (SignatureException e) {
            // malformed signature bytes
            return false;
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a key that was taken before is refused", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifyingKey that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return PREFIX + id;
    }
}
