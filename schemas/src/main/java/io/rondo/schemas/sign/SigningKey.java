package io.rondo.schemas.sign;

import io.rondo.log.Sha256;
import io.rondo.log.Signature;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.avro.generic.IndexedRecord;

/** An Ed25519 private key. Its text form shows only the public key. */
public final class SigningKey {
    static final String ALGORITHM = "Ed25519";
    static final int SEED_BYTES = 32;
    /** The bytes before the 32 bytes of a key in its PKCS #8 form. */
    static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final byte[] seed;
    private final PrivateKey key;
    private final VerifyingKey verifyingKey;

    private SigningKey(byte[] seed, PrivateKey key, VerifyingKey verifyingKey) {
        this.seed = seed;
        this.key = key;
        this.verifyingKey = verifyingKey;
    }

    /** A new key from the platform's source of randomness. */
    public static SigningKey generate() {
        byte[] seed = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(seed);
        return ofSeed(seed);
    }

    /** @param seed the 32 bytes of the private key (RFC 8032) */
    public static SigningKey ofSeed(byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException(seed.length + " bytes, an Ed25519 key has " + SEED_BYTES);
        }
        try {
            SigningKey signing = new SigningKey(seed.clone(), privateKey(seed), publicKey(seed));
            byte[] probe = {1, 2, 3};
            if (!signing.verifyingKey.verifies(probe, signing.sign(probe))) {
                throw new IllegalStateException("this Java platform derives another public key than it signs with");
            }
            return signing;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    private static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(PKCS8, PKCS8.length + seed.length);
        System.arraycopy(seed, 0, encoded, PKCS8.length, seed.length);
        return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /**
     * The platform has no method to derive the public key, but its generator takes the private key from the given random
     * source.
     */
    private static VerifyingKey publicKey(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(255, new Fixed(seed));
        KeyPair pair = generator.generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        return VerifyingKey.ofBytes(Arrays.copyOfRange(encoded, encoded.length - SEED_BYTES, encoded.length));
    }

    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    byte[] seed() {
        return seed.clone();
    }

    /**
     * Signs a record; an existing {@code signature} field is not covered.
     *
     * @param sequence the signer's sequence number, which is part of the signature and covered by it
     * @param opened digest of the {@code RoundOpened} that it answers, or null
     */
    public Signature sign(IndexedRecord record, long sequence, Sha256 opened) {
        byte[] value = sign(CanonicalText.of(record, sequence, opened));
        return new Signature(
                ALGORITHM, verifyingKey.id(), CanonicalText.VERSION, ByteBuffer.wrap(value), sequence, opened, null);
    }

    /** Signs a new record as {@link #sign} does, and sets its signature. */
    public <T extends IndexedRecord> T signed(T record, long sequence, Sha256 opened) {
        record.put(record.getSchema().getField(Signatures.FIELD).pos(), sign(record, sequence, opened));
        return record;
    }

    byte[] sign(byte[] text) {
        try {
            java.security.Signature ed25519 = java.security.Signature.getInstance(ALGORITHM);
            ed25519.initSign(key);
            ed25519.update(text);
            return ed25519.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key does not sign", e);
        }
    }

    @Override
    public String toString() {
        return "private key of " + verifyingKey;
    }

    /** Deterministic: returns the same bytes each time. */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
