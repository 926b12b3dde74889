/* The least that a round trip can take: both processes look at the word all the time, each on a processor of its own. */
#include "pingpong.h"
#include <sched.h>

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

/* On one processor they would only wait for each other's time to be over. With one processor there is nothing to choose. */
static void place(int side) {
  cpu_set_t allowed, chosen;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  CPU_ZERO(&chosen);
  for (int cpu = 0, found = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &allowed) && found++ == side) CPU_SET(cpu, &chosen);
  }
  sched_setaffinity(0, sizeof chosen, &chosen);
}
