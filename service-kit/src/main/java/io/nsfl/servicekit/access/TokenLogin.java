package io.nsfl.servicekit.access;

import com.nimbusds.jwt.JWTClaimsSet;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.access.token.TokenCheck;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A signed token in the header {@code Authorization: Bearer}; its claim {@code nsfl} maps namespaces, or {@code *}, to roles. */
final class TokenLogin implements Login {
    private static final String SCHEME = "Bearer ";
    private static final String CLAIM = "nsfl";
    private static final String ALL = "*";

    private final TokenCheck check;
    private final AttemptLimit attempts;

    TokenLogin(TokenCheck check, AttemptLimit attempts) {
        this.check = check;
        this.attempts = attempts;
    }

    @Override
    public Caller authenticate(Optional<String> authorization, String address) {
        String given = authorization
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .orElseThrow(
                        () -> new FaultException(
                                Fault.UNAUTHENTICATED,
                                "This needs a token, in the header Authorization: Bearer (nsfl-ctl reads it from NSFL_TOKEN or its configuration)."));
        attempts.begin(address);
        try {
            JWTClaimsSet claims = check.check(given.substring(SCHEME.length()).strip());
            Caller caller = new TokenCaller(claims.getSubject(), roles(claims.getClaim(CLAIM)));
            attempts.giveBack(address);
            return caller;
        } catch (FaultException refusal) {
            if (refusal.fault() != Fault.UNAUTHENTICATED) {
                attempts.giveBack(address);
            }
            throw refusal;
        }
    }

    private static Map<String, Role> roles(Object claim) {
        Map<String, Role> roles = new HashMap<>();
        if (claim instanceof Map<?, ?> granted) {
            granted.forEach((namespace, role) -> roles.put(
                    String.valueOf(namespace),
                    Role.of(String.valueOf(role))
                            .orElseThrow(() -> new FaultException(
                                    Fault.UNAUTHENTICATED,
                                    "The token names a role that is none: viewer, user and admin are known."))));
        } else if (claim != null) {
            throw new FaultException(
                    Fault.UNAUTHENTICATED, "The token's claim nsfl is no object of namespaces and roles.");
        }
        return Map.copyOf(roles);
    }

    @Override
    public String challenge() {
        return "Bearer realm=\"nsfl\"";
    }

    @Override
    public String word() {
        return "token";
    }

    private record TokenCaller(String name, Map<String, Role> roles) implements Caller {
        /** The better of what is granted there and everywhere. */
        @Override
        public Optional<Role> roleIn(String namespace) {
            Optional<Role> there = namespace.equals(ALL) ? Optional.empty() : Optional.ofNullable(roles.get(namespace));
            Optional<Role> everywhere = roleEverywhere();
            return there.filter(role -> everywhere.isEmpty() || role.includes(everywhere.get()))
                    .or(() -> everywhere);
        }

        @Override
        public Optional<Role> roleEverywhere() {
            return Optional.ofNullable(roles.get(ALL));
        }
    }
}
