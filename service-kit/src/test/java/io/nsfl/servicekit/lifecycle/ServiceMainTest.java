package io.nsfl.servicekit.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ServiceMainTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Integer> exits = new ArrayList<>();

    @Test
    void returnsAServiceThatStarted() {
        try (ConfigurableApplicationContext context =
                run(() -> application(Nothing.class).run())) {
            assertThat(context.isRunning()).isTrue();
        }
        assertThat(exits).isEmpty();
        assertThat(err.size()).isZero();
    }

    @Test
    void endsWithTheSentenceOfAFaultFromDeepInsideTheStart() {
        run(() -> application(Refusing.class).run());

        assertThat(err.toString(UTF_8))
                .isEqualTo("job-scheduler: cannot start: The database at db:5432 does not answer."
                        + System.lineSeparator());
        assertThat(exits).containsExactly(ExitCodes.FAILED);
    }

    @Test
    void namesEveryProblemOfAConfiguration() {
        run(() -> {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The configuration is refused.",
                    List.of(
                            new Violation("$.port", "80", "must be a whole number from 1024 to 65535"),
                            new Violation("$.runtime", "nothing", "must be given")));
        });

        assertThat(err.toString(UTF_8).lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("job-scheduler: cannot start: $."));
        assertThat(exits).containsExactly(ExitCodes.CONFIGURATION);
    }

    @Test
    void saysWhichPropertyCannotBeRead() {
        run(() -> application(Bound.class).properties("kit.period=soon").run());

        assertThat(err.toString(UTF_8).lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("soon"));
        assertThat(exits).containsExactly(ExitCodes.CONFIGURATION);
    }

    @Test
    void saysWhichPropertyIsUnknown() {
        run(() -> application(Bound.class).properties("kit.perod=1s").run());

        assertThat(err.toString(UTF_8)).contains("kit.perod");
        assertThat(exits).containsExactly(ExitCodes.CONFIGURATION);
    }

    @Test
    void saysSomethingOfAFailureThatNobodyForesaw() {
        run(() -> {
            throw new IllegalStateException("odd");
        });

        assertThat(err.toString(UTF_8).lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("odd"));
        assertThat(exits).containsExactly(ExitCodes.FAILED);
    }

    private ConfigurableApplicationContext run(ServiceMain.Start start) {
        return ServiceMain.run("job-scheduler", start, new PrintStream(err, true, UTF_8), exits::add);
    }

    private static SpringApplicationBuilder application(Class<?> configuration) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE);
        builder.application().setBannerMode(org.springframework.boot.Banner.Mode.OFF);
        return builder;
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Configuration(proxyBeanMethods = false)
    static class Refusing {
        @Bean
        SpringApplication refused() {
            throw new FaultException(Fault.DATABASE_UNAVAILABLE, "The database at db:5432 does not answer.");
        }
    }

    @ConfigurationProperties(prefix = "kit", ignoreUnknownFields = false)
    record Kit(Duration period) {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(Kit.class)
    static class Bound {}
}
