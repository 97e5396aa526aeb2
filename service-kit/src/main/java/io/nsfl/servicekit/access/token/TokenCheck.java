package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;

/**
 * Whether a token is genuine and meant for this installation now. The key decides the algorithm, not the token: RSA means RS256, EC P-256
 * ES256, Ed25519 EdDSA, a symmetric key HS256, and nothing else is accepted.
 */
public final class TokenCheck {
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final int LIMIT = 8 << 10;

    private final List<TokenKeys> keys;
    private final String issuer;
    private final String audience;
    private final InstantSource clock;

    public TokenCheck(List<TokenKeys> keys, String issuer, String audience, InstantSource clock) {
        this.keys = List.copyOf(keys);
        this.issuer = issuer;
        this.audience = audience;
        this.clock = clock;
    }

    /**
     * The claims of a valid token, which has a subject.
     *
     * @throws FaultException UNAUTHENTICATED if it is not, UNAVAILABLE if the keys cannot be had
     */
    public JWTClaimsSet check(String token) {
        if (token.length() > LIMIT) {
            throw refused("is larger than 8 KiB");
        }
        try {
            SignedJWT parsed = SignedJWT.parse(token);
            if (!parsed.getHeader().getIncludedParams().contains("alg")
                    || parsed.getHeader().getCriticalParams() != null) {
                throw refused("has a header that is not accepted");
            }
            if (!signed(parsed)) {
                throw refused("is not signed with a key that is trusted here");
            }
            return valid(parsed.getJWTClaimsSet());
        } catch (ParseException | IllegalArgumentException malformed) {
            throw refused("is no signed JSON Web Token");
        }
    }

    private boolean signed(SignedJWT token) {
        JWSHeader header = token.getHeader();
        for (TokenKeys source : keys) {
            for (JWK key : source.find(header.getKeyID())) {
                if (verifies(token, key)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean verifies(SignedJWT token, JWK key) {
        String algorithm = token.getHeader().getAlgorithm().getName();
        try {
            return switch (key) {
                case RSAKey rsa -> algorithm.equals("RS256") && token.verify(new RSASSAVerifier(rsa.toRSAPublicKey()));
                case ECKey ec -> algorithm.equals("ES256") && token.verify(new ECDSAVerifier(ec.toECPublicKey()));
                case OctetKeyPair pair ->
                    (algorithm.equals("EdDSA") || algorithm.equals("Ed25519"))
                            && Ed25519.verifies(
                                    pair,
                                    token.getSigningInput(),
                                    token.getSignature().decode());
                case OctetSequenceKey shared ->
                    algorithm.equals("HS256") && token.verify(new MACVerifier(shared.toByteArray()));
                default -> false;
            };
        } catch (JOSEException unfit) {
            return false;
        }
    }

    private JWTClaimsSet valid(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date from = claims.getNotBeforeTime();
        if (expires == null || !now.isBefore(expires.toInstant().plus(SKEW))) {
            throw refused(expires == null ? "has no end of validity" : "has expired");
        }
        if (from != null && now.plus(SKEW).isBefore(from.toInstant())) {
            throw refused("is not valid yet");
        }
        if (!issuer.equals(claims.getIssuer())) {
            throw refused("comes from another issuer than this installation trusts");
        }
        if (!claims.getAudience().contains(audience)) {
            throw refused("is meant for another audience");
        }
        if (claims.getSubject() == null || claims.getSubject().isBlank()) {
            throw refused("names no subject");
        }
        return claims;
    }

    static FaultException refused(String why) {
        return new FaultException(
                Fault.UNAUTHENTICATED, "The token " + why + ": ask your administrator for a new one.");
    }
}
