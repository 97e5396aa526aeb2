package io.nsfl.servicekit.tls;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Where {@code nsfl.tls.directory} is set, a service's gRPC server speaks TLS only. */
public final class TlsSwitch implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    static final String BUNDLE = "nsfl-grpc";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TlsProperties properties = Binder.get(context.getEnvironment()).bindOrCreate("nsfl.tls", TlsProperties.class);
        if (properties.directory().isEmpty()) {
            return;
        }
        Map<String, Object> settings = new HashMap<>();
        settings.put("spring.grpc.server.ssl.bundle", BUNDLE);
        settings.put(
                "spring.grpc.server.ssl.client-auth",
                switch (properties.clientAuth()) {
                    case NONE -> "none";
                    case WANT -> "optional";
                    case NEED -> "require";
                });
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("nsfl-tls-grpc", settings));
    }
}
