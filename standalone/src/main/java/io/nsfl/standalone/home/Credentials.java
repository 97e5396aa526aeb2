package io.nsfl.standalone.home;

import io.nsfl.servicekit.security.InternalSecret;
import java.nio.file.Path;
import java.security.SecureRandom;

/** Secrets of this installation: made once, readable by their owner only. */
public final class Credentials {
    /** Name at the data server. */
    public static final String DATA_USER = "nsfl";

    private final NsflHome home;
    private final SecureRandom random;

    public Credentials(NsflHome home, SecureRandom random) {
        this.home = home;
        this.random = random;
    }

    public String dataPassword() {
        return secret("data-server");
    }

    public String databasePassword() {
        return secret("database");
    }

    /** Makes sure that the services find it. */
    public InternalSecret internal() {
        return InternalSecret.loadOrCreate(home.internalSecret(), random);
    }

    private String secret(String name) {
        Path file = home.secrets().resolve(name);
        return InternalSecret.loadOrCreate(file, random).hex();
    }
}
