package io.nsfl.servicekit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.nsfl.servicekit.fault.RestFaultConfiguration;
import io.nsfl.servicekit.security.InternalSecret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Modes, roles and operations at a real port. */
class AccessIT {
    private static final String SECRET = "ab".repeat(32);
    private static final String JOBS = "/api/v1/namespaces/one/jobs";
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource(textBlock = """
            viewer, GET,    one/jobs,     200
            viewer, POST,   one/jobs,     403
            viewer, DELETE, one/jobs/j,   403
            user,   GET,    one/jobs,     200
            user,   POST,   one/jobs,     200
            user,   DELETE, one/jobs/j,   200
            user,   DELETE, one/models/m, 403
            admin,  DELETE, one/models/m, 200
            admin,  GET,    two/jobs,     403
            admin,  POST,   two/jobs,     403
            """)
    void letsARoleDoWhatItIncludesInItsNamespace(String role, String method, String path, int status) throws Exception {
        RSAKey key = key();
        try (ConfigurableApplicationContext service = tokens(key)) {
            assertThat(ask(service, method, "/api/v1/namespaces/" + path, bearer(key, claims(Map.of("one", role)))))
                    .isEqualTo(status);
        }
    }

    @Test
    void refusesEveryTokenThatIsNotGenuineOrNotForItNow() throws Exception {
        RSAKey key = key();
        JWTClaimsSet good = claims(Map.of("*", "admin"));
        try (ConfigurableApplicationContext service = tokens(key)) {
            assertThat(ask(service, "GET", JOBS, bearer(key, good))).isEqualTo(200);
            assertThat(ask(service, "GET", JOBS, null)).isEqualTo(401);
            assertThat(ask(service, "GET", JOBS, "Bearer " + new PlainJWT(good).serialize()))
                    .isEqualTo(401);
            assertThat(ask(service, "GET", JOBS, bearer(key(), good))).isEqualTo(401);
            assertThat(ask(
                            service,
                            "GET",
                            JOBS,
                            bearer(
                                    key,
                                    changed(good)
                                            .expirationTime(Date.from(NOW.minusSeconds(60)))
                                            .build())))
                    .isEqualTo(401);
            assertThat(ask(
                            service,
                            "GET",
                            JOBS,
                            bearer(key, changed(good).issuer("other").build())))
                    .isEqualTo(401);
            assertThat(ask(
                            service,
                            "GET",
                            JOBS,
                            bearer(key, changed(good).audience("other").build())))
                    .isEqualTo(401);
            SignedJWT confused = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), good);
            confused.sign(new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
            assertThat(ask(service, "GET", JOBS, "Bearer " + confused.serialize()))
                    .isEqualTo(401);
            SignedJWT other = new SignedJWT(new JWSHeader(JWSAlgorithm.RS512), good);
            other.sign(new RSASSASigner(key));
            assertThat(ask(service, "GET", JOBS, "Bearer " + other.serialize())).isEqualTo(401);
        }
    }

    @Test
    void takesANewKeyWithoutARestart() throws Exception {
        RSAKey before = key();
        RSAKey after = key();
        try (ConfigurableApplicationContext service = tokens(before)) {
            Files.writeString(
                    directory.resolve("keys.json"), after.toPublicJWK().toJSONString());

            assertThat(ask(service, "GET", JOBS, bearer(after, claims(Map.of("one", "viewer")))))
                    .isEqualTo(200);
            assertThat(ask(service, "GET", JOBS, bearer(before, claims(Map.of("one", "viewer")))))
                    .isEqualTo(401);
        }
    }

    @Test
    void opensTheNamespacesWhoseBucketsOpenAndBoundsGuesses() throws Exception {
        try (ConfigurableApplicationContext service = start("--nsfl.auth.mode=storage")) {
            assertThat(ask(service, "POST", JOBS, basic("right"))).isEqualTo(200);
            assertThat(ask(service, "GET", "/api/v1/namespaces/two/jobs", basic("right")))
                    .isEqualTo(403);
            assertThat(ask(service, "GET", JOBS, null)).isEqualTo(401);
            for (int attempt = 0; attempt < AttemptLimit.PER_USER; attempt++) {
                assertThat(ask(service, "GET", JOBS, basic("wrong" + attempt))).isEqualTo(401);
            }
            assertThat(ask(service, "GET", JOBS, basic("wrong"))).isEqualTo(429);
            assertThat(ask(service, "GET", JOBS, basic("right"))).isEqualTo(200);
        }
    }

    @Test
    void keepsInternalPathsInternalAndHealthOpenInEveryMode() throws Exception {
        for (String mode : new String[] {"off", "storage"}) {
            try (ConfigurableApplicationContext service = start("--nsfl.auth.mode=" + mode)) {
                assertThat(ask(service, "PUT", "/api/v1/heartbeat", basic("right")))
                        .isEqualTo(401);
                assertThat(ask(service, "GET", "/api/v1/health", null)).isEqualTo(200);
                assertThat(ask(service, "GET", "/api/v1/namespaces/one/%2e%2e/two/jobs", basic("right")))
                        .isBetween(400, 403);
                assertThat(ask(service, "GET", "/api/v1/namespaces/one;x=/jobs", basic("right")))
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void doesNotStartOpenToOthersUnlessToldTo() {
        assertThat(catchThrowable(() -> start("--server.address=0.0.0.0")))
                .rootCause()
                .hasMessageContaining("nsfl.auth.mode");
    }

    private RSAKey key() throws Exception {
        return new RSAKeyGenerator(2048).generate();
    }

    private ConfigurableApplicationContext tokens(RSAKey key) throws Exception {
        Path file = Files.writeString(
                directory.resolve("keys.json"), key.toPublicJWK().toJSONString());
        return start("--nsfl.auth.mode=token", "--nsfl.auth.token.key-files=" + file, "--nsfl.auth.token.issuer=here");
    }

    private static ConfigurableApplicationContext start(String... more) {
        return new SpringApplicationBuilder(Service.class)
                .properties("server.address=127.0.0.1", "server.port=0", "spring.main.banner-mode=off")
                .initializers(
                        made -> ((GenericApplicationContext) made).registerBean(NamespaceAccess.class, FakeStore::new))
                .run(more);
    }

    private static JWTClaimsSet claims(Map<String, String> roles) {
        return new JWTClaimsSet.Builder()
                .subject("alice")
                .issuer("here")
                .audience("nsfl")
                .expirationTime(Date.from(NOW.plusSeconds(60)))
                .claim("nsfl", roles)
                .build();
    }

    private static JWTClaimsSet.Builder changed(JWTClaimsSet claims) {
        return new JWTClaimsSet.Builder(claims);
    }

    private static String bearer(RSAKey key, JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        token.sign(new RSASSASigner(key));
        return "Bearer " + token.serialize();
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("alice:" + password).getBytes(StandardCharsets.UTF_8));
    }

    private int ask(ConfigurableApplicationContext service, String method, String path, String authorization)
            throws Exception {
        String port = service.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent()).isEqualTo(answer.statusCode() == 401);
        return answer.statusCode();
    }

    private static final class FakeStore implements NamespaceAccess {
        @Override
        public boolean knows(String user, String password) {
            return password.equals("right");
        }

        @Override
        public Answer opens(String user, String password, String namespace) {
            return namespace.equals("one") ? Answer.OPEN : Answer.CLOSED;
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({RestFaultConfiguration.class, AccessConfiguration.class})
    static class Service {
        @Bean
        InternalSecret secret() {
            return InternalSecret.of(SECRET);
        }

        @Bean
        InstantSource clock() {
            return InstantSource.fixed(NOW);
        }

        @Bean
        Everything everything() {
            return new Everything();
        }
    }

    @RestController
    static class Everything {
        @RequestMapping("/api/v1/**")
        String done() {
            return "done";
        }
    }
}
