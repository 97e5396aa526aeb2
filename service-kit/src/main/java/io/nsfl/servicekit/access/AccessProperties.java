package io.nsfl.servicekit.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the REST API. No value here is a secret: they name files.
 *
 * @param mode unset = {@code off} on loopback, and no start anywhere else
 * @param token of mode {@code token}
 */
@ConfigurationProperties(prefix = "nsfl.auth", ignoreUnknownFields = false)
public record AccessProperties(
        Optional<AccessMode> mode, @DefaultValue Token token) {
    public AccessProperties {
        mode = mode == null ? Optional.empty() : mode;
    }

    /**
     * What tokens are checked against. At least one of the first three is needed.
     *
     * @param keyFiles each a public key as PEM, a JWK or a JWK set; a symmetric key only as a JWK of type {@code oct}. Read again when changed
     * @param jwksUri where keys are published
     * @param oidcIssuer an OpenID Connect provider, whose discovery document names the keys; it is the issuer too
     * @param issuer that tokens must name
     * @param audience that tokens must name
     */
    public record Token(
            @DefaultValue List<Path> keyFiles,
            Optional<URI> jwksUri,
            Optional<URI> oidcIssuer,
            Optional<String> issuer,
            @DefaultValue("nsfl") String audience) {
        public Token {
            keyFiles = List.copyOf(keyFiles);
            jwksUri = jwksUri == null ? Optional.empty() : jwksUri;
            oidcIssuer = oidcIssuer == null ? Optional.empty() : oidcIssuer;
            issuer = issuer == null ? Optional.empty() : issuer;
        }
    }
}
