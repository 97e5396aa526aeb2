package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;
import io.nsfl.federation.secagg.crypto.X25519;
import java.util.Arrays;

/**
 * A client's keys for one session, signed by its identity.
 *
 * @param shareKey X25519, for what peers send each other
 * @param maskKey X25519, for pairwise masks
 * @param contribution what the client adds to the order of the ring
 * @param encoded the message as it was signed and sent
 */
record Advertisement(
        PartyId party,
        byte[] shareKey,
        byte[] maskKey,
        byte[] contribution,
        byte[] certificate,
        byte[] signature,
        byte[] encoded) {
    static final int MAX_CERTIFICATE = 4096;
    static final int CONTRIBUTION = 32;

    private static final int FIXED = Ed25519.KEY_LENGTH + 2 * X25519.LENGTH + CONTRIBUTION + Short.BYTES;

    /** Longest message; a roster is bounded by it. */
    static final int MAX_LENGTH = WireWriter.HEADER + FIXED + MAX_CERTIFICATE + Ed25519.SIGNATURE_LENGTH;

    static byte[] encode(byte[] session, PartyKey identity, byte[] shareKey, byte[] maskKey, byte[] contribution) {
        byte[] certificate = identity.certificate();
        if (certificate.length > MAX_CERTIFICATE) {
            throw new SecAggAbort(
                    AbortReason.UNSOUND_PARAMETERS,
                    "This client's certificate has " + certificate.length + " bytes; at most " + MAX_CERTIFICATE
                            + " fit.");
        }
        byte[] unsigned = new WireWriter(MessageKind.ADVERTISEMENT, session, FIXED + certificate.length)
                .raw(identity.identityKey())
                .raw(shareKey)
                .raw(maskKey)
                .raw(contribution)
                .u16(certificate.length)
                .raw(certificate)
                .bytes();
        byte[] signature = identity.sign(toSign(unsigned));
        byte[] encoded = Arrays.copyOf(unsigned, unsigned.length + Ed25519.SIGNATURE_LENGTH);
        System.arraycopy(signature, 0, encoded, unsigned.length, Ed25519.SIGNATURE_LENGTH);
        return encoded;
    }

    static Advertisement parse(byte[] encoded, byte[] session) {
        WireReader in = new WireReader(encoded, MessageKind.ADVERTISEMENT, session);
        PartyId party = PartyId.of(in.raw(Ed25519.KEY_LENGTH));
        byte[] shareKey = in.raw(X25519.LENGTH);
        byte[] maskKey = in.raw(X25519.LENGTH);
        byte[] contribution = in.raw(CONTRIBUTION);
        int length = in.u16();
        if (length > MAX_CERTIFICATE) {
            throw in.malformed("its certificate has " + length + " bytes, more than " + MAX_CERTIFICATE);
        }
        byte[] certificate = in.raw(length);
        byte[] signature = in.raw(Ed25519.SIGNATURE_LENGTH);
        in.end();
        return new Advertisement(party, shareKey, maskKey, contribution, certificate, signature, encoded);
    }

    /** Whether its identity signed it, for the session it was parsed with. */
    boolean signed(SignatureCheck check) {
        byte[] unsigned = Arrays.copyOf(encoded, encoded.length - Ed25519.SIGNATURE_LENGTH);
        return check.verifies(party.identityKey(), toSign(unsigned), signature);
    }

    private static byte[] toSign(byte[] unsigned) {
        return Signatures.message("nsfl/secagg/advertise/v1", unsigned);
    }
}
