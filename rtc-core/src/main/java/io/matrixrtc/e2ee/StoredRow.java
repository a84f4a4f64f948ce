package io.matrixrtc.e2ee;

/**
 * A row as it is stored.
 *
 * @param key its name
 * @param value its content, sealed for this row
 */
public record StoredRow(RowKey key, Sealed value) {}
