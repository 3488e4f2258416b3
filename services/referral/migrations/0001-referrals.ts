import type { Migration } from '@meshboard/db'

/**
 * A user has one code for ever, and who brought whom never changes: the service's role can write a
 * referral's progress only.
 */
export const referrals: Migration = {
  up: (knex) =>
    knex.raw(`
      create table codes (
        user_id text primary key,
        code text collate "C" not null
          constraint codes_code unique check (code ~ '^[A-Z0-9]{1,12}-[2-9A-HJKMNP-Z]{4}$'),
        created_at timestamptz not null default now()
      );

      create table referrals (
        id text collate "C" primary key,
        referrer_id text not null,
        referee_id text not null,
        code text collate "C" not null references codes (code),
        level smallint not null check (level >= 1),
        status text not null default 'pending'
          check (status in ('pending', 'completed', 'rewarded', 'rejected')),
        earned_micros bigint not null default 0 check (earned_micros >= 0),
        points_micros bigint not null default 0 check (points_micros >= 0),
        created_at timestamptz not null default now(),
        completed_at timestamptz,
        rewarded_at timestamptz,
        unique (referee_id, level),
        constraint referrals_of_two check (referrer_id <> referee_id),
        constraint referrals_completed
          check ((status in ('completed', 'rewarded')) = (completed_at is not null)),
        constraint referrals_rewarded check ((status = 'rewarded') = (rewarded_at is not null)),
        constraint referrals_points check (status = 'rewarded' or points_micros = 0)
      );
      create index referrals_of_referrer on referrals (referrer_id, id);

      revoke update, delete, truncate on codes, referrals from referral_app;
      grant update (status, earned_micros, points_micros, completed_at, rewarded_at)
        on referrals to referral_app;
    `),
}
