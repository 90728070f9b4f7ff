#include <zint.h>

/// encoded_data is an array of arrays of bits, which Swift would import as tuples.
static inline int czint_is_dark(const struct zint_symbol *symbol, int x, int y) {
    return symbol->encoded_data[y][x >> 3] >> (x & 7) & 1;
}
