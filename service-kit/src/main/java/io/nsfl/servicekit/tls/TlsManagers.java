package io.nsfl.servicekit.tls;

import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

/** The managers of a {@link TransportSecurity} in the factories that servers want to be given. */
final class TlsManagers {
    private static final Provider NO_PROVIDER = Security.getProviders()[0];

    private TlsManagers() {}

    static KeyManagerFactory keys(TransportSecurity security) {
        return new KeyManagerFactory(new Keys(security.keyManager()), NO_PROVIDER, "nsfl") {};
    }

    static TrustManagerFactory trust(TransportSecurity security) {
        return new TrustManagerFactory(new Trust(security.trustManager()), NO_PROVIDER, "nsfl") {};
    }

    private static final class Keys extends KeyManagerFactorySpi {
        private final KeyManager manager;

        Keys(KeyManager manager) {
            this.manager = manager;
        }

        @Override
        protected void engineInit(KeyStore ignored, char[] password) {}

        @Override
        protected void engineInit(ManagerFactoryParameters ignored) {}

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {manager};
        }
    }

    private static final class Trust extends TrustManagerFactorySpi {
        private final TrustManager manager;

        Trust(TrustManager manager) {
            this.manager = manager;
        }

        @Override
        protected void engineInit(KeyStore ignored) {}

        @Override
        protected void engineInit(ManagerFactoryParameters ignored) {}

        @Override
        protected TrustManager[] engineGetTrustManagers() {
            return new TrustManager[] {manager};
        }
    }
}
