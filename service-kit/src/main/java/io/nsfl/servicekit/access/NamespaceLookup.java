package io.nsfl.servicekit.access;

import java.util.Optional;

/** Tells which namespace a thing belongs to that is asked for by its id alone. A service with such paths brings a bean of it. */
@FunctionalInterface
public interface NamespaceLookup {
    /** Empty = there is no such model. */
    Optional<String> ofModel(String modelId);
}
