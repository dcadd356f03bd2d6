/* Thread: engine. */
/* Block: copies of a network that play episodes on all cores, for rules that try many networks. Each thread has a copy, and a
 * rule of the slot plasticity, of its own; a member is taken by the thread that is free, and lives from its first episode to
 * its last one there. What it comes to depends on nothing but its number. The ranks of a run (ranks.h) share the members out. */
#pragma once

#include "rule.h"

typedef struct RheoMembers RheoMembers;

/* Episodes in which the rule of the slot plasticity learns, or not. Each phase begins with a network at rest; weights stay as
 * they are. */
typedef struct
{
  int n_episodes;
  gboolean learns;
} RheoMembersPhase;

#define RHEO_MEMBERS_PHASES 3

typedef struct
{
  int n; /* members */
  RheoMembersPhase phase[RHEO_MEMBERS_PHASES];
  gboolean rest; /* every episode begins with a network at rest */
  /* Makes the copy, which is as the network of the rule, the member; on its thread. NULL: it stays so. */
  void (*make) (void *data, int member, RheoNet *net);
  /* Address of the random numbers of the member's first episode; the next ones follow it. */
  uint32_t (*address) (void *data, int member);
  void *data;
} RheoMembersLife;

typedef struct
{
  double value;  /* first measure of the task */
  double length; /* steps */
} RheoMembersEpisode;

/* For a rule that plays, from its setup: copies of its network as it is then, and their plasticity. */
RheoMembers *rheo_members_new (const RheoRule *rule, GError **error);
void rheo_members_free (RheoMembers *members);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoMembers, rheo_members_free)
/* From iterate. episode: [member][episode of all phases]. FALSE without an error: stopped; RHEO_ERROR_CANCELLED: another rank
 * was. The network of the rule is as it was in any case. */
gboolean rheo_members_live (RheoMembers *members, const RheoRule *rule, const RheoMembersLife *life,
                            RheoMembersEpisode *episode, GError **error);
