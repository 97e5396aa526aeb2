package io.nsfl.systemtests.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;

/** A symmetric key in a file of its owner's, and tokens that it signs. */
record Tokens(Path keyFile, byte[] key) {
    static final String ISSUER = "system-tests";

    static Tokens in(Path directory) throws IOException {
        byte[] key = new byte[32];
        for (int index = 0; index < key.length; index++) {
            key[index] = (byte) (index * 7 + 1);
        }
        Path file = Files.createFile(
                directory.resolve("token-key.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                "{\"kty\": \"oct\", \"k\": \"%s\"}"
                        .formatted(Base64.getUrlEncoder().withoutPadding().encodeToString(key)));
        return new Tokens(file, key);
    }

    /** The header of somebody who has this role in the namespace. */
    String bearer(String who, String namespace, String role) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(who)
                        .issuer(ISSUER)
                        .audience("nsfl")
                        .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
                        .claim("nsfl", Map.of(namespace, role))
                        .build());
        token.sign(new MACSigner(key));
        return "Bearer " + token.serialize();
    }
}
