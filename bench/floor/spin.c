/* The least that a round trip can take: both processes look at the word all the time, each on a processor of its own. */
#include "pingpong.h"

static void await_word(atomic_uint *word, uint32_t value) {
  for (;;) {
    uint32_t found = atomic_load_explicit(word, memory_order_acquire);
    if (found == value || found == STOP) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

static void tell_word(atomic_uint *word) { (void)word; }
