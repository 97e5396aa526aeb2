package io.nsfl.servicekit.tls;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * REST's side of {@link TlsProperties}, made Spring Boot's own: a bundle of the directory's files that is read again when they change, and the web server on it. New
 * connections use new certificates; nothing is restarted.
 */
@Configuration(proxyBeanMethods = false)
@Import(TlsConfiguration.class)
public class RestTlsConfiguration {
    private static final String BUNDLE = "spring.ssl.bundle.pem.nsfl.";

    /** Before any bean reads the properties that it sets. */
    @Bean
    static BeanFactoryPostProcessor tlsSwitch(ConfigurableEnvironment environment) {
        return beans -> {
            TlsProperties tls = Binder.get(environment).bindOrCreate("nsfl.tls", TlsProperties.class);
            if (!tls.directory().isBlank()) {
                environment
                        .getPropertySources()
                        .addFirst(new MapPropertySource(
                                "nsfl-rest-tls", properties(Path.of(tls.directory()), tls.clientAuth())));
            }
        };
    }

    private static Map<String, Object> properties(Path directory, TlsProperties.ClientAuth clientAuth) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(BUNDLE + "keystore.certificate", location(directory, "tls.crt"));
        properties.put(BUNDLE + "keystore.private-key", location(directory, "tls.key"));
        properties.put(BUNDLE + "truststore.certificate", location(directory, "ca.crt"));
        properties.put(BUNDLE + "reload-on-update", "true");
        properties.put("spring.ssl.bundle.watch.file.quiet-period", "2s");
        properties.put("server.ssl.bundle", "nsfl");
        properties.put("server.ssl.client-auth", clientAuth.name().toLowerCase(Locale.ROOT));
        properties.put("server.ssl.enabled-protocols", "TLSv1.3,TLSv1.2");
        return properties;
    }

    private static String location(Path directory, String file) {
        return "file:" + directory.toAbsolutePath().resolve(file);
    }
}
