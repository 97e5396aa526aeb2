package io.nsfl.ctl.credential;

import io.nsfl.protocol.job.JobJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a user proves himself with at the API server in mode {@code token}.
 *
 * @param issuer as the server expects it
 * @param audience as the server expects it
 * @param subject who it is
 * @param roles by namespace; {@code *} = all
 * @param from when it is made
 * @param until its end
 */
public record Token(
        String issuer, String audience, String subject, Map<String, String> roles, Instant from, Instant until) {
    /** A JSON Web Token (RFC 7519) in its compact form. */
    public String signed(SigningKey key) {
        ObjectNode header = JobJson.newObject();
        header.put("alg", key.algorithm()).put("typ", "JWT").put("kid", key.id());
        ObjectNode claims = JobJson.newObject();
        claims.put("iss", issuer).put("aud", audience).put("sub", subject);
        claims.put("iat", from.getEpochSecond()).put("exp", until.getEpochSecond());
        ObjectNode granted = claims.putObject("nsfl");
        roles.forEach(granted::put);
        String content = SigningKey.text(JobJson.bytes(header)) + "." + SigningKey.text(JobJson.bytes(claims));
        try {
            return content + "." + SigningKey.text(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that signed before does not sign", e);
        }
    }
}
